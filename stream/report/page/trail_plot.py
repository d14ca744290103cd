"""The review score of flagged raters over their judgments, a line each."""

from collections.abc import Iterator, Sequence

import numpy as np

from stream.report.flagged import Flagged
from stream.report.page.axes import Frame, log_axis, plot, share_axis
from stream.report.page.markup import Markup, element

LINES_MAX = 6  # more cannot be told apart


def trail_plot(flagged: Sequence[Flagged]) -> Markup | None:
    """The first few with at least two points; None when there are none."""
    drawn = drawn_trails(flagged)
    if not drawn:
        return None
    frame = Frame(
        log_axis("judgments so far", (max(n, 1) for one in drawn for n, _ in one.trail)),
        share_axis("review score"),
    )
    told = "Review score over judgments of " + ", ".join(f"{one.rater_id} in {one.queue}" for one in drawn)
    return plot(frame, told, [list(_line(frame, one, number)) for number, one in enumerate(drawn, 1)])


def drawn_trails(flagged: Sequence[Flagged]) -> list[Flagged]:
    """Whose line is drawn, in the order of the legend."""
    return [one for one in flagged if len(one.trail) > 1][:LINES_MAX]


def _line(frame: Frame, one: Flagged, number: int) -> Iterator[Markup]:
    points = [frame.at(n, score) for n, score in one.trail]
    told = element("title", f"{one.rater_id}, {one.queue}")
    way = " ".join(f"{x},{y}" for x, y in points)
    yield element("polyline", told, class_=f"line line{number}", points=way)
    for x, y in points:
        yield element("circle", class_=f"point line{number}", cx=x, cy=y, r=2.5)
    x, _ = frame.at(one.flagged_at, 0)
    y = round(float(np.interp(x, [across for across, _ in points], [height for _, height in points])), 1)
    since = element("title", f"flagged at judgment {one.flagged_at:,}")
    yield element("path", since, class_=f"since line{number}", d=f"M{x} {y - 7}l7 7l-7 7l-7 -7z")
