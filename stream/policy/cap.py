"""The cap on new cases: so many in any 24 hours per queue and vendor; the others wait in the order in which they came.

It limits what is sent, never a rater's state. A later flag displaces no earlier one, so what was let through stays so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from stream.policy.blame import Blame
from stream.policy.declared import DAY_MS, Level
from stream.policy.flags import FlagRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """Raters of a vendor whose case of this level waits for a free place."""

    vendor: str
    level: Level
    raters: tuple[str, ...]  # keys, the next one first
    next_ms: int  # when the next one may go


def waiting_cases(
    rows: Iterable[FlagRow], found: Blame | None, inhibited: Collection[str], cases: int, now_ms: int
) -> list[Waiting]:
    """What waits in a queue, by vendor and level. Raters whom a storm holds back get in line once it lets them go."""
    lanes: defaultdict[tuple[str, Level], dict[str, int]] = defaultdict(dict)
    for row in rows:
        if row.flagged:
            level, since_ms = row.flagged
            lane = lanes[row.vendor, level]
            lane[row.rater_key] = min(since_ms, lane.get(row.rater_key, since_ms))
    waiting = []
    for (vendor, level), flagged in sorted(lanes.items()):
        line = sorted((since_ms, rater) for rater, since_ms in flagged.items())
        go_ms = let_go_ms([since_ms for since_ms, _ in line], cases, found)
        held = [
            (go, rater) for go, (_, rater) in zip(go_ms, line, strict=True) if go > now_ms and rater not in inhibited
        ]
        if held:
            waiting.append(Waiting(vendor, level, tuple(rater for _, rater in held), held[0][0]))
    return waiting


def let_go_ms(since_ms: Sequence[int], cases: int, found: Blame | None = None) -> list[int]:
    """When each case may open, for raters flagged at these ascending times: at once, or a day after the one that is
    `cases` places before it, so that no 24 hours see more; and not while a storm holds its queue's alerts.
    """
    let_go: list[int] = []
    for place, since in enumerate(since_ms):
        go = since if place < cases else max(since, let_go[place - cases] + DAY_MS)
        let_go.append(found.until_ms if found and found.since_ms <= go < found.until_ms else go)
    return let_go
