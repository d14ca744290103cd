"""Observed share below the bar against the review score: on the diagonal the score means what it says."""

from collections.abc import Iterator

from stream.report.page.axes import Frame, plot, share_axis
from stream.report.page.markup import Markup, element
from stream.report.reliability import Reliability
from stream.report.wording import percent_interval


def reliability_plot(found: Reliability) -> Markup | None:
    """A bar of the 95 % interval and a dot a bin; None when no truth is known."""
    if not found.known:
        return None
    frame = Frame(share_axis("review score"), share_axis("share below the bar"))
    (x1, y1), (x2, y2) = frame.at(0, 0), frame.at(1, 1)
    diagonal = element("line", class_="diagonal", x1=x1, y1=y1, x2=x2, y2=y2)
    told = f"Observed share below the bar by review score, {found.known:,} raters; the table beside it has the figures."
    return plot(frame, told, diagonal, list(_bins(frame, found)))


def _bins(frame: Frame, found: Reliability) -> Iterator[Markup]:
    for one in found.bins:
        if one.below_bar is not None and one.mean_suspicion is not None:
            x, y = frame.at(one.mean_suspicion, one.below_bar.value)
            (_, low), (_, high) = frame.at(0, one.below_bar.low), frame.at(0, one.below_bar.high)
            told = element("title", f"{percent_interval(one.below_bar)} of {one.below_bar.n:,}")
            yield element("line", class_="whisker", x1=x, x2=x, y1=low, y2=high)
            yield element("circle", told, class_="bin", cx=x, cy=y, r=4.5)
