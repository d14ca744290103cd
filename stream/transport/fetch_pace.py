"""Which partitions the next fetch asks for, and how long the broker may wait with its answer.

At a steady pace most of a worker's cost is per batch, so records should come in few, large batches; but what stage 1
makes of them has to come back through `outcomes`, and must not gather twice. So time is cut into beats. At a beat all
is asked for and answered at once: it has gathered meanwhile. Until the next beat only `outcomes` are asked for: first
the broker lets those of all shards come together (`settle_ms`), then it answers as soon as there is one.

Beats are counted by the wall clock, so that those of all workers fall together, and what each makes reaches the others
while they settle. Clocks that disagree, or the step of one, cost some small batches and nothing else.
"""

from collections.abc import Collection
from math import ceil
from typing import NamedTuple

from stream.transport.port import Partition


class Answer(NamedTuple):
    """When the broker is to answer a fetch: as soon as it has `least_bytes`, at the latest after `wait_ms`."""

    least_bytes: int
    wait_ms: int


class FetchPace:
    """Partitions of the `gathered` topics are asked for once a beat, and whenever they are behind: then waiting would
    only hold up the work. `enough_bytes` end a wait that is for gathering.
    """

    def __init__(self, gathered: Collection[str], *, beat_ms: int, settle_ms: int, enough_bytes: int) -> None:
        self._gathered = frozenset(gathered)
        self._beat_ms, self._settle_ms, self._enough_bytes = beat_ms, settle_ms, enough_bytes
        self._asked: dict[Partition, int] = {}  # the beat in which a gathered partition was last asked for

    def due(self, partition: Partition, now_ms: float, *, behind: bool) -> bool:
        """Whether to ask for it now. `behind`: the last answer did not reach the end of what can be read."""
        return behind or partition.topic not in self._gathered or self._is_fresh(partition, now_ms)

    def ask(self, partitions: Collection[Partition], now_ms: float) -> Answer:
        """For one fetch of partitions that are due, which is sent now; `now_ms` is the wall clock."""
        gathered = [partition for partition in partitions if partition.topic in self._gathered]
        fresh = any(self._is_fresh(partition, now_ms) for partition in gathered)
        self._asked.update(dict.fromkeys(gathered, self._beat(now_ms)))
        to_beat_ms = self.until_beat_ms(now_ms)
        settling_ms = to_beat_ms - (self._beat_ms - self._settle_ms)
        if fresh or not (gathered or settling_ms > 0):
            return Answer(1, ceil(to_beat_ms))
        # Whoever is behind has enough to be read; should the log end before, the next beat brings the rest.
        return Answer(self._enough_bytes, ceil(settling_ms if settling_ms > 0 else to_beat_ms))

    def until_beat_ms(self, now_ms: float) -> float:
        """How long until everything is due again."""
        return self._beat_ms - now_ms % self._beat_ms

    def _is_fresh(self, partition: Partition, now_ms: float) -> bool:
        """It was not asked for since the last beat."""
        return self._asked.get(partition) != self._beat(now_ms)

    def _beat(self, now_ms: float) -> int:
        return int(now_ms // self._beat_ms)
