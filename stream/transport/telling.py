"""Writes to the log what an operator must be able to read there, and passes everything on."""

import logging

from stream.stages.port import Effects
from stream.state.port import Refusal
from stream.transport.observer import RunnerObserver

_log = logging.getLogger(__name__)


class TellingObserver:
    """Around another observer: what is not ordinary gets a line with the shard's name."""

    def __init__(self, inner: RunnerObserver) -> None:
        self._inner = inner

    def applied(self, shard: str, effects: Effects, now_ms: int) -> None:
        self._inner.applied(shard, effects, now_ms)

    def committed(self, shard: str, records: int, seconds: float) -> None:
        self._inner.committed(shard, records, seconds)

    def refused(self, shard: str, refusal: Refusal) -> None:
        _log.warning("%s: commit refused (%s); memory is dropped and the shard claimed again", shard, refusal)
        self._inner.refused(shard, refusal)

    def claimed(self, shard: str, offset: int, seconds: float) -> None:
        _log.info("%s: claimed in %.2f s, reads on at %d", shard, seconds, offset)
        self._inner.claimed(shard, offset, seconds)

    def rewound(self, shard: str, records: int) -> None:
        _log.warning("%s: the stored state had gone back; %d offsets are applied again", shard, records)
        self._inner.rewound(shard, records)

    def unavailable(self, shard: str, what: str, error: str, seconds: float) -> None:
        _log.warning("%s: %s (%s); next try in %.2f s", shard, what, error, seconds)
        self._inner.unavailable(shard, what, error, seconds)

    def halted(self, shard: str, reason: str, remedy: str) -> None:
        _log.error("%s halted: %s. %s", shard, reason, remedy)
        self._inner.halted(shard, reason, remedy)

    def resumed(self, shard: str) -> None:
        _log.info("%s: an operator acted, the shard goes on", shard)
        self._inner.resumed(shard)

    def released(self, shard: str) -> None:
        _log.info("%s: released", shard)
        self._inner.released(shard)

    def lag(self, shard: str, records: int) -> None:
        self._inner.lag(shard, records)
