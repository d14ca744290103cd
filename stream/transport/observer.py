"""What the transport tells whoever counts: metrics are made elsewhere, from these calls."""

from typing import Protocol

from stream.stages.port import Effects
from stream.state.port import Refusal


class RunnerObserver(Protocol):
    """Called from the event loop; must return at once and never raise. `shard` is `topic:partition`."""

    def applied(self, shard: str, effects: Effects, now_ms: int) -> None:
        """A batch changed the shard's state in memory."""

    def committed(self, shard: str, records: int, seconds: float) -> None:
        """A commit is stored and all its messages are acknowledged; `seconds` from its first try."""

    def refused(self, shard: str, refusal: Refusal) -> None:
        """A commit was refused; memory is dropped and the shard claimed again."""

    def claimed(self, shard: str, offset: int, seconds: float) -> None:
        """The shard is ours and reads on at `offset`."""

    def rewound(self, shard: str, records: int) -> None:
        """Stored state went back: so many offsets of the log are applied again."""

    def unavailable(self, shard: str, what: str, error: str, seconds: float) -> None:
        """Kafka or Redis did not answer `what` ("Redis, commit"); the next try follows in so many seconds."""

    def halted(self, shard: str, reason: str, remedy: str) -> None:
        """The shard stops until an operator acts."""

    def resumed(self, shard: str) -> None:
        """A halted shard goes on."""

    def released(self, shard: str) -> None:
        """The shard is no longer ours: its gauges are to be dropped."""

    def lag(self, shard: str, records: int) -> None:
        """Readable offsets of the log that are not committed yet (a few are transaction markers)."""


class SilentObserver:
    """Counts nothing."""

    def applied(self, shard: str, effects: Effects, now_ms: int) -> None: ...
    def committed(self, shard: str, records: int, seconds: float) -> None: ...
    def refused(self, shard: str, refusal: Refusal) -> None: ...
    def claimed(self, shard: str, offset: int, seconds: float) -> None: ...
    def rewound(self, shard: str, records: int) -> None: ...
    def unavailable(self, shard: str, what: str, error: str, seconds: float) -> None: ...
    def halted(self, shard: str, reason: str, remedy: str) -> None: ...
    def resumed(self, shard: str) -> None: ...
    def released(self, shard: str) -> None: ...
    def lag(self, shard: str, records: int) -> None: ...
