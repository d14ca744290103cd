"""What a rater's row says in words: the state with its reasons, or what it would take to have one."""

from collections.abc import Iterator

import numpy as np

from stream.commands.reading import RaterRow
from stream.events import Finding
from stream.quality.columns import JUDGMENTS, SCORED
from stream.quality.policy import DEFAULT_POLICY, STATE_NAMES, Detector, State
from stream.quality.suspicion import PARTS, suspicion, suspicion_parts

# "suspect" is the state's name in code, metrics and JSON; people read words that do not accuse.
SHOWN_STATES = {"suspect": "needs review", "watch": "watch", "ok": "ok", "unknown": "unknown"}
STATE_STYLES = {"suspect": "bold red", "watch": "yellow", "ok": "green", "unknown": "dim"}

SHORT_REASONS = {
    Detector.KNOWN_ANSWERS: "known answers",
    Detector.UNRELATED: "unlike peers",
    Detector.CONSTANT: "one answer",
    Detector.INVERTED: "labels swapped",
    Detector.LOW_SKILL: "often unlike peers",
    Detector.KNOWN_AGAINST_REST: "unlike on known answers",
    Detector.CHANGED: "changed",
    Detector.COPYING: "like one other",
}
_WORTH_A_LOOK = {
    Detector.KNOWN_ANSWERS: "answers on items with a known answer match less often than is usual here; worth a look",
    Detector.UNRELATED: "answers fit the peers' hardly better than the queue's label mix; worth a look",
    Detector.CONSTANT: "most answers are the same one; worth a look",
    Detector.INVERTED: "answers are often the opposite of the peers'; worth a look",
    Detector.LOW_SKILL: "answers agree with peers less than is usual here; worth a look",
    Detector.KNOWN_AGAINST_REST: "answers on known answers match, most others are the same one; worth a look",
    Detector.CHANGED: "recent answers begin to differ from the rater's own past; worth a look",
    Detector.COPYING: "answers agree with one other rater's more than is usual; worth a look",
}


def state_of(row: RaterRow) -> str:
    """unknown, ok, watch or suspect."""
    return STATE_NAMES[int(row.hot["state"])]


def findings_of(row: RaterRow) -> list[Finding]:
    """The open findings, in the detectors' order."""
    found = row.shard.findings
    return [found[row.key, detector] for detector in Detector if (row.key, detector) in found]


def reasons_of(row: RaterRow) -> list[str]:
    """Why the state is what it is: sentences of the open findings, then what is only worth a look."""
    watched = int(row.hot["watch"]) & ~int(row.hot["open"])
    return [finding.sentence.text for finding in findings_of(row)] + [_WORTH_A_LOOK[d] for d in _bits(watched)]


def short_reasons(row: RaterRow) -> list[str]:
    """A word or two for each reason, for a narrow column."""
    return [SHORT_REASONS[d] for d in _bits(int(row.hot["open"]) | int(row.hot["watch"]))]


def why_unknown(row: RaterRow) -> str | None:
    """What is missing for a state; None when there is one."""
    if row.hot["training"]:
        return "in training: measured, never a finding"
    if int(row.hot["state"]) != State.UNKNOWN:
        return None
    life = row.table.rows.life[row.slot]
    needed = int(DEFAULT_POLICY.least_known - life[JUDGMENTS])
    if needed > 0:
        return f"needs {needed} more judgment{'s' if needed > 1 else ''}"
    if life[SCORED] < 1:
        return "no other rater has judged the same items yet"
    return "not weighed yet"


def suspicion_of(row: RaterRow) -> float:
    """0 (no sign) to 1."""
    return float(suspicion(row.table.rows, row.slot))


def parts_of_suspicion(row: RaterRow) -> dict[str, float]:
    """The log odds that the suspicion is made of, positive for worse, and the rater's two axes."""
    parts = np.zeros(PARTS)
    suspicion_parts(row.table.rows, row.slot, parts)
    names = ("as_usual", "by_accuracy", "by_label_mix", "by_known_answers", "accuracy", "informativeness_bits")
    return dict(zip(names, map(float, parts), strict=True))


def _bits(mask: int) -> Iterator[Detector]:
    return (detector for detector in Detector if mask >> detector & 1)
