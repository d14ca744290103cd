"""From which moment on a rater's answers are looked at again."""

from collections.abc import Sequence
from typing import NamedTuple

from stream.events import Finding
from stream.quality.policy import DETECTOR_NAMES, Detector

CHANGED = DETECTOR_NAMES[Detector.CHANGED]


class Since(NamedTuple):
    """None: from the first answer on. `number` is the judgment it begins with, counted from 1 as they came."""

    at_ms: int | None
    why: str
    number: int | None = None


NO_CHANGE = (
    "no finding is open that tells of a change from the rater's own past: say --since first, or a time with offset "
    "such as 2026-01-05T12:00:00Z"
)
FIRST = Since(None, "from the first answer on")


def since_of_finding(finding: Finding, came_ms: Sequence[int], seen: int) -> Since:
    """Where the detector says when it began, there; else with the first answer, of which the whole finding speaks.

    `came_ms` are the submission times of the rater's latest judgments in the queue, as they came and as far as they
    are held, of `seen` in all.
    """
    number = finding.sentence.params.get("since") if finding.detector == CHANGED else None
    if not isinstance(number, int):
        return Since(None, f"{finding.detector} speaks of all answers and knows no moment at which it began")
    later = seen - number + 1
    why = f"the change from the own past begins with judgment {number:,} of {seen:,}"
    if later > len(came_ms):
        return Since(None, f"{why}, before what is held", number)
    return Since(came_ms[-later] if later > 0 else None, why, number)
