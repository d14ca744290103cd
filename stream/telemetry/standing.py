"""What /metrics says of each finding over time: 1 while it is open, then 0 for as long as alert rules look back.

A series that just vanished would tell a rule nothing for hours, or resolve it at once: both are wrong.
"""

from typing import NamedTuple


class Shown(NamedTuple):
    """The labels of a finding's series, in the metric's order."""

    rater: str
    queue: str
    vendor: str
    detector: str
    mode: str  # shadow: no case and no message follows; armed
    site: str = ""  # empty: the rater has none


class Standing:
    """Findings by shard. A shard that left is exported as it was until its new owner is surely scraped, then no more:
    only its owner may say 0, for a 0 from elsewhere would clear everybody in it once that owner dies.
    """

    def __init__(self, cleared_for_s: float, handover_s: float) -> None:
        self._cleared_for_s, self._handover_s = cleared_for_s, handover_s
        self._open: dict[str, frozenset[Shown]] = {}
        self._left: dict[Shown, tuple[str, float]] = {}  # (shard, until when it is exported as open)
        self._cleared: dict[Shown, tuple[str, float]] = {}  # (shard, until when it is exported as 0)

    def hold(self, shard: str, found: frozenset[Shown], now_s: float) -> None:
        """These findings, and no others, are open in a shard that is ours."""
        gone = self._open.get(shard, frozenset()) | {shown for shown, (of, _) in self._left.items() if of == shard}
        self._cleared.update(dict.fromkeys(gone - found, (shard, now_s + self._cleared_for_s)))
        self._open[shard] = found
        for shown in found:
            self._cleared.pop(shown, None)
        for shown in gone | found:
            self._left.pop(shown, None)

    def release(self, shard: str, now_s: float) -> None:
        """The shard is another worker's from now on."""
        until = now_s + self._handover_s
        self._left.update(dict.fromkeys(self._open.pop(shard, frozenset()), (shard, until)))
        for shown, (of, end) in self._cleared.items():
            if of == shard:
                self._cleared[shown] = shard, min(end, until)

    def values(self, now_s: float) -> dict[Shown, int]:
        """1 or 0 for each finding that has a series now, the open ones first."""
        for told in (self._left, self._cleared):
            for shown in [shown for shown, (_, until) in told.items() if until <= now_s]:
                del told[shown]
        opened = [shown for found in self._open.values() for shown in sorted(found)]
        return dict.fromkeys([*opened, *self._left], 1) | dict.fromkeys(self._cleared, 0)
