"""What the process that follows tells of itself."""

from collections.abc import Mapping
from typing import Protocol

from stream.facts.port import Written
from stream.transport.port import Partition


class FactsObserver(Protocol):
    """Is told; answers nothing."""

    def committed(self, written: Written, passed_over: Mapping[str, int]) -> None:
        """A commit is stored."""

    def stands(self, lag: Mapping[Partition, int], through_ms: int) -> None:
        """Records not fetched yet; what Kafka had until `through_ms` is stored (0: not known yet)."""


class Unobserved:
    """Tells nobody."""

    def committed(self, written: Written, passed_over: Mapping[str, int]) -> None:
        """Nothing."""

    def stands(self, lag: Mapping[Partition, int], through_ms: int) -> None:
        """Nothing."""
