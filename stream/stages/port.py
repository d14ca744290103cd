"""What the shard runner drives: a stage turns its own log into rows and messages, and touches nothing else.

The runner's loop: trim records below `offset`; `read`; look in the store for what is `sought`, which is hardly ever
anything; while `missing` names fields, load them and `fill`; `apply`; when it wants to commit, `flush`; after the
commit and its messages are acknowledged, `settled`. A stage whose commit was refused is thrown away and made anew from
the store, so nothing here is ever undone. The runner keeps one batch in hand at a time: it reads the next one only
after it has applied the last.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray


class SourceRecord(Protocol):
    """What a stage sees of a Kafka record (aiokafka's ConsumerRecord fits)."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def value(self) -> bytes | None: ...


class Reject(NamedTuple):
    """A record that was refused: it goes to `judgments.rejected` as it came, with the reason's name."""

    offset: int
    reason: str
    value: bytes | None


class Message(msgspec.Struct, frozen=True, array_like=True):
    """A record to produce; the outbox stores it as msgpack."""

    topic: str
    value: bytes
    partition: int | None = None
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Effects:
    """What one batch did, for the edge to act on and to count."""

    rejects: Sequence[Reject] = ()
    counts: Mapping[tuple[str, str], int] = field(default_factory=Counter)  # (what, detail) -> times; see telemetry
    # Log times of the applied records at their very first arrival (stage 1's append).
    arrived_ms: Sequence[int] | NDArray[np.int64] = ()


@dataclass(frozen=True, slots=True)
class Flush:
    """Everything that changed since the last flush, as absolute values."""

    offset: int
    head: Mapping[bytes, bytes]
    rows: Mapping[str, Sequence[tuple[bytes, bytes]]]
    removed: Mapping[str, Sequence[bytes]]
    dropped: Sequence[str]
    messages: Sequence[Message]


class Stage(Protocol):
    """One shard's state in memory. What `read` returns is the stage's own form of a batch, opaque to the runner."""

    offset: int  # next offset of the log to read

    def restore(self, head: Mapping[bytes, bytes], keys: Mapping[str, Mapping[bytes, bytes]]) -> None:
        """Takes the head's fields and the whole keys named by `whole_keys`, right after a claim."""

    @property
    def whole_keys(self) -> Sequence[str]:
        """Keys read whole at a claim (small ones)."""

    def read(self, records: Sequence[SourceRecord]) -> Any:
        """Decodes a batch that starts at or after `offset`."""

    def sought(self, work: Any) -> Mapping[str, Sequence[bytes]]:
        """Bytes to look for in all values of whole keys, before `missing`; empty but for an order about a person."""

    def found(self, fields: Mapping[str, Sequence[bytes]]) -> None:
        """Takes the fields whose values hold any of them, by key."""

    def missing(self, work: Any) -> dict[str, list[bytes]]:
        """Fields that must be filled before `apply`; empty when nothing is missing. Call again after `fill`.

        With None: what must be in memory right after a claim, before the first batch.
        """

    def fill(self, loaded: Mapping[str, Sequence[bytes | None]], wanted: Mapping[str, Sequence[bytes]]) -> None:
        """Takes what `missing` asked for."""

    def apply(self, work: Any) -> Effects:
        """Changes the state. May raise `ShardHalted` (gap, too many rejects) before changing anything."""

    def flush(self) -> Flush:
        """What to commit now; the stage then counts these rows as written."""

    def settled(self) -> None:
        """All flushes so far are committed: clean rows may now leave the cache."""

    @property
    def unflushed(self) -> int:
        """Records applied since the last flush: the runner's measure for coalescing.

        After the flush of an order to forget it is not 0: the outbox of that commit may still name the person, and one
        more commit clears it.
        """
