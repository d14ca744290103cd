"""Agreement against speed, a mark a rater and queue."""

from collections.abc import Iterator, Sequence

from stream.report.page.axes import Frame, log_axis, plot, share_axis
from stream.report.page.markup import Markup, element
from stream.report.standing import Standing
from stream.report.wording import counted, percent

DRAWN_MAX = 2_000  # of those without a flag: evenly spread over the list


def scatter_plot(standings: Sequence[Standing]) -> Markup | None:
    """None when nobody has both an agreement and a time."""
    known = [one for one in standings if one.agreement is not None and one.median_duration_ms]
    if not known:
        return None
    frame = Frame(
        log_axis("median time a judgment, seconds", (_seconds(one) for one in known)),
        share_axis("agreement with peers"),
    )
    flagged = [one for one in known if one.is_flagged]
    rest = [one for one in known if not one.is_flagged]
    rest = rest[:: -(-len(rest) // DRAWN_MAX) or 1]
    told = (
        f"Agreement with peers against median time a judgment: {counted(len(known), 'rater')}, of whom "
        f"{counted(len(flagged), 'needs', 'need')} review or did. The table of raters has the figures."
    )
    return plot(frame, told, list(_marks(frame, rest)), list(_marks(frame, flagged)))


def _marks(frame: Frame, some: Sequence[Standing]) -> Iterator[Markup]:
    for one in some:
        x, y = frame.at(_seconds(one), one.agreement or 0.0)
        told = f"{one.rater_id}, {one.queue}: agrees with {percent(one.agreement)}, median {_seconds(one):.3g} s"
        hint = element("title", told)
        if one.is_flagged:
            yield element("path", hint, class_="flagged", d=f"M{x} {y - 6}l6 10.5h-12z")
        else:
            yield element("circle", hint, class_="other", cx=x, cy=y, r=3.5)


def _seconds(one: Standing) -> float:
    return (one.median_duration_ms or 0.0) / 1000
