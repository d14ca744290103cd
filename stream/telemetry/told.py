"""What is told of findings over time: that they are open, and that they are critical."""

from collections.abc import Collection
from typing import NamedTuple

from stream.events import Finding
from stream.telemetry.options import BoardOptions
from stream.telemetry.standing import Shown, Standing


class Values(NamedTuple):
    """1 or 0 for each finding that has a series now, those with 1 first."""

    suspect: dict[Shown, int]
    critical: dict[Shown, int]


class Told:
    """Both by the same rule: 1 while it is so, then 0 for as long as alert rules look back."""

    def __init__(self, options: BoardOptions) -> None:
        self._suspect = Standing(options.cleared_for_s, options.handover_s)
        self._critical = Standing(options.cleared_for_s, options.handover_s)

    def hold(self, shard: str, findings: Collection[Finding], now_s: float) -> None:
        """These findings, and no others, are open in a shard that is ours."""
        self._suspect.hold(shard, frozenset(map(shown, findings)), now_s)
        critical = (found for found in findings if found.state == "critical")
        self._critical.hold(shard, frozenset(map(shown, critical)), now_s)

    def release(self, shard: str, now_s: float) -> None:
        """The shard is another worker's from now on."""
        self._suspect.release(shard, now_s)
        self._critical.release(shard, now_s)

    def values(self, now_s: float) -> Values:
        """The series of now."""
        return Values(self._suspect.values(now_s), self._critical.values(now_s))


def shown(finding: Finding) -> Shown:
    """The labels of a finding's series."""
    mode = "shadow" if finding.shadow else "armed"
    who = finding.rater_id or "", finding.queue, finding.vendor or ""
    return Shown(*who, finding.detector, mode, finding.site or "")
