"""The label columns of a stretch of judgments: what the rater answered, and the known answer beside it. Hot path."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stream.events import Judgment, Label
from stream.intake.directory import Directory
from stream.intake.reasons import Reason, reason_of
from stream.intake.refusals import Refusals
from stream.quality.schema import Flag

_OUTCOME = {"answered": 0, "skipped": int(Flag.SKIPPED), "escalated": int(Flag.ESCALATED)}
_UNANSWERED = int(Flag.SKIPPED | Flag.ESCALATED)


def fill_labels(
    rows: NDArray[np.void], judgments: Sequence[Judgment], directory: Directory, refusals: Refusals
) -> None:
    """Label codes and outcome flags; an answered judgment needs a label that its queue can read."""
    labels: list[Label | None] = [judgment.label for judgment in judgments]
    outcomes = [judgment.outcome for judgment in judgments]
    if outcomes.count("answered") < len(outcomes):
        rows["flags"] |= np.array([_OUTCOME[outcome] for outcome in outcomes], np.uint16)
        # Who skips or escalates gives no label; one that comes along says nothing.
        labels = [label if outcome == "answered" else None for label, outcome in zip(labels, outcomes, strict=True)]
    if None in labels:
        absent = np.array([label is None for label in labels])
        refusals.refuse(absent & (rows["flags"] & _UNANSWERED == 0), Reason.MISSING_FIELD)
    codes = np.array(directory.labels.codes([judgment.queue for judgment in judgments], labels), np.int64)
    _refuse_unreadable(codes, refusals)
    rows["label"] = np.maximum(codes, 0)


def fill_known(
    rows: NDArray[np.void],
    judgments: Sequence[Judgment],
    directory: Directory,
    refusals: Refusals,
    counts: Counter[tuple[str, str]],
) -> None:
    """The codes of inline golds. One that falls in "other" cannot tell right from wrong: it is counted and left out."""
    golds = [judgment.gold for judgment in judgments]
    if golds.count(None) == len(golds):
        return
    given = [row for row, gold in enumerate(golds) if gold is not None]
    queues = [judgments[row].queue for row in given]
    codes = np.array(directory.labels.codes(queues, [golds[row] for row in given]), np.int64)
    all_codes = np.zeros(len(rows), np.int64)
    all_codes[given] = codes
    _refuse_unreadable(all_codes, refusals)
    other = directory.is_other(codes, rows["queue"][given])
    for at in np.flatnonzero(other):
        counts["gold_other", queues[at]] += 1
    rows["known"][given] = np.where(other, 0, np.maximum(codes, 0))
    rows["has_known"][given] = ~other


def _refuse_unreadable(codes: NDArray[np.int64], refusals: Refusals) -> None:
    if codes.min(initial=0) < 0:
        for code in np.unique(codes[codes < 0]).tolist():
            refusals.refuse(codes == code, reason_of(-code))
