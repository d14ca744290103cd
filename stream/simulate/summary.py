from collections.abc import Iterable
from typing import NamedTuple

from stream.simulate.behaviours import Behaviour
from stream.simulate.truth import RaterTruth


class BehaviourSummary(NamedTuple):
    """What the raters of one behaviour did, all queues together."""

    behaviour: Behaviour
    raters: int
    bad: int  # raters who are bad in at least one queue
    judgments: int
    accuracy: float | None  # mean over raters and queues, weighted by judgments
    typical_ms: int  # likewise
    unbroken_min: int  # the longest of all


def summarise(raters: Iterable[RaterTruth]) -> list[BehaviourSummary]:
    """One line for each behaviour that occurs, in the order of the enumeration."""
    groups: dict[Behaviour, list[RaterTruth]] = {}
    for rater in raters:
        groups.setdefault(rater.behaviour, []).append(rater)
    return [_line(behaviour, groups[behaviour]) for behaviour in Behaviour if behaviour in groups]


def _line(behaviour: Behaviour, rows: list[RaterTruth]) -> BehaviourSummary:
    judgments = sum(row.judgments for row in rows)
    measured = [(row.judgments, row.accuracy) for row in rows if row.accuracy is not None]
    weight = sum(made for made, _ in measured)
    return BehaviourSummary(
        behaviour=behaviour,
        raters=len({row.rater_id for row in rows}),
        bad=len({row.rater_id for row in rows if row.bad}),
        judgments=judgments,
        accuracy=sum(made * accuracy for made, accuracy in measured) / weight if weight else None,
        typical_ms=round(sum(row.judgments * row.typical_ms for row in rows) / judgments),
        unbroken_min=max(row.unbroken_min for row in rows),
    )
