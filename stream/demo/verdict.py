"""How the findings compare with who was planted."""

from collections.abc import Iterable
from dataclasses import dataclass

from stream.simulate.truth import RaterTruth


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts of raters, all queues together. A rater is planted when bad in one of them; None without a truth."""

    suspects: int
    planted_found: int | None
    planted_missed: int | None
    wrongly_flagged: int | None


def compare(flagged: Iterable[tuple[str, str]], truth: Iterable[RaterTruth]) -> Comparison:
    """`flagged` are (rater, queue) with an open finding; one on a queue where the rater is good is wrong."""
    found, rows = set(flagged), list(truth)
    suspects = len({rater for rater, _ in found})
    if not rows:
        return Comparison(suspects, None, None, None)
    bad = {(row.rater_id, row.queue) for row in rows if row.bad}
    planted = {rater for rater, _ in bad}
    caught = {rater for rater, _ in found & bad}
    return Comparison(
        suspects=suspects,
        planted_found=len(caught),
        planted_missed=len(planted - caught),
        wrongly_flagged=len({rater for rater, _ in found if rater not in planted}),
    )
