from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream.simulate.seats import Seats

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sessions:
    """The judgments of one shift, a row each: rater by rater, and each rater's in the order they are made."""

    rater: Rows
    item: Rows  # row of the shift's items
    repeat: NDArray[np.bool_]  # the rater's second judgment of the item
    source: Rows  # row of the judgment that is copied, or -1
    starts: Rows  # the first row of each rater's session
    length: Rows  # judgments of each session

    def __len__(self) -> int:
        return len(self.rater)

    @property
    def workers(self) -> Rows:
        """The rater of each session."""
        return self.rater[self.starts]

    def each(self, by_session: NDArray[np.int64]) -> Rows:
        """A value of each session, for each of its rows."""
        return np.repeat(by_session, self.length)

    def numbers(self, before: Rows) -> Rows:
        """The running number of each judgment, 1 for the first, when each session's rater had made `before` so far."""
        return np.arange(1, len(self) + 1) + self.each(before - self.starts)


def lay_out(seats: Seats, copied: Seats, repeats: float, rng: np.random.Generator) -> Sessions:
    """Orders seats (items x redundancy) into sessions; a share of the judgments is repeated at the session's end."""
    items, redundancy = seats.shape
    rater, source = seats.ravel(), copied.ravel()
    item = np.repeat(np.arange(items), redundancy)
    source = np.where(source >= 0, item * redundancy + source, -1)
    again = np.flatnonzero((rng.random(len(rater)) < repeats) & (source < 0))
    rater = np.concatenate([rater, rater[again]])
    item = np.concatenate([item, item[again]])
    repeat = np.arange(len(rater)) >= len(source)
    source = np.concatenate([source, np.full(len(again), -1)])
    order = np.argsort((rater * 2 + repeat) * items + item, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    rater, source = rater[order], source[order]
    starts = np.flatnonzero(np.diff(rater, prepend=-1))
    return Sessions(
        rater=rater,
        item=item[order],
        repeat=repeat[order],
        source=np.where(source >= 0, place[source], -1),
        starts=starts,
        length=np.diff(starts, append=len(rater)),
    )
