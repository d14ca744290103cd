from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

E = TypeVar("E")


class Outlet(Generic[E]):
    """Holds events until nothing can arrive before them, and lets them out in the order of arrival."""

    def __init__(self) -> None:
        self._arrivals: NDArray[np.int64] = np.empty(0, np.int64)
        self._events: list[E] = []

    def add(self, arrivals: NDArray[np.int64] | Sequence[int], events: Sequence[E]) -> None:
        """Takes events with their arrival in ms since the epoch."""
        self._arrivals = np.concatenate([self._arrivals, np.asarray(arrivals, np.int64)])
        self._events.extend(events)

    def release(self, before_ms: int | None = None) -> Iterator[E]:
        """The events that arrive before the moment (all of them without one), first come first."""
        order = np.argsort(self._arrivals, kind="stable")
        ready = len(order) if before_ms is None else int(np.searchsorted(self._arrivals[order], before_ms))
        events, held = self._events, order[ready:]
        self._arrivals = self._arrivals[held]
        self._events = [events[row] for row in held.tolist()]
        return (events[row] for row in order[:ready].tolist())
