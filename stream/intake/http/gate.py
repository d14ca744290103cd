"""How many requests, and bytes of them, are under way. It belongs to one event loop."""

from stream.errors import RaterwatchError
from stream.intake.http.bounds import Bounds


class Busy(RaterwatchError):
    """There is no room now; the same request may pass after `wait_s` seconds."""

    def __init__(self, why: str, wait_s: float = 1.0) -> None:
        super().__init__(f"{why}; send the same again after the time in Retry-After")
        self.wait_s = wait_s


class Gate:
    """Back-pressure: what is not let in costs no memory, and its sender keeps it."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.batches = 0
        self.bytes = 0

    def enter(self) -> "Place":
        """Room for one request; raises Busy."""
        if self.batches >= self.bounds.in_flight_batches:
            raise Busy(f"{self.batches} batches are under way")
        self.batches += 1
        return Place(self)


class Place:
    """A request's room, held until Kafka has answered for all of it: also after its sender stopped waiting."""

    def __init__(self, gate: Gate) -> None:
        self._gate, self._bytes = gate, 0
        self._is_left = self._is_handed_over = False

    def grow(self, count: int) -> None:
        """Takes so many more bytes; raises Busy."""
        if self._gate.bytes + count > self._gate.bounds.in_flight_bytes:
            raise Busy(f"{self._gate.bytes:,} bytes are under way")
        self._gate.bytes += count
        self._bytes += count

    def hand_over(self) -> None:
        """From now on it is left when Kafka has answered, not when the request ends."""
        self._is_handed_over = True

    def leave_unless_handed_over(self) -> None:
        """At the end of a request."""
        if not self._is_handed_over:
            self.leave()

    def leave(self) -> None:
        """Gives everything back, once."""
        if not self._is_left:
            self._is_left = True
            self._gate.batches -= 1
            self._gate.bytes -= self._bytes
