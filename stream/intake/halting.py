"""When so many records are refused that going on would do harm: a broken producer, not a few bad records.

Counting is by blocks of the log, so that it depends on the records alone and never on where batches were cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from stream.errors import ShardHalted, StateError

RUN_MAX = 1_000  # refused in a row: at 2,000 records a second half a second of nothing but bad ones
BLOCK_RECORDS = 1_000
SHARE_MAX = 0.5  # of the running block and the one before it, together 1,000 to 2,000 records


@dataclass(frozen=True, slots=True)
class Halting:
    """What a partition's records so far say about halting it. `tripped` stays until `resumed`."""

    run: int = 0  # refused records since the last good one
    records: int = 0  # of the running block
    refused: int = 0
    refused_before: int = -1  # of the full block before it; -1: there is none yet
    tripped: str = ""  # why the partition is to halt

    def after(self, count: int, refused: Sequence[int], offsets: NDArray[np.int64]) -> Self:
        """The value after `count` further records with these offsets, of which those at `refused` were refused."""
        halting, place = self, 0
        for at in np.sort(np.searchsorted(offsets, refused)).tolist():
            halting = halting.accept(at - place).refuse()
            place = at + 1
        return halting.accept(count - place)

    def check(self, shard: str) -> None:
        """Raises ShardHalted once the partition has tripped."""
        if self.tripped:
            remedy = "See `raterwatch rejects list`, correct the producer, then `raterwatch rejects resume`."
            raise ShardHalted(shard, self.tripped, remedy)

    def resumed(self) -> Self:
        """The value an operator's resume leaves: counting starts anew."""
        return type(self)()

    def to_bytes(self) -> bytes:
        """For the shard's head."""
        return msgspec.msgpack.encode([self.run, self.records, self.refused, self.refused_before, self.tripped])

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Restores what `to_bytes` wrote; raises StateError for anything else."""
        try:
            run, records, refused, before, tripped = msgspec.msgpack.decode(data, type=tuple[int, int, int, int, str])
        except msgspec.DecodeError as error:
            raise StateError(f"the stored rejects run is unreadable ({error}); see `raterwatch doctor`") from None
        return cls(run, records, refused, before, tripped)

    def accept(self, count: int) -> Self:
        """The value after `count` good records."""
        if not count:
            return self
        full_blocks, records = divmod(self.records + count, BLOCK_RECORDS)
        if not full_blocks:
            return replace(self, run=0, records=records)
        before = self.refused if full_blocks == 1 else 0
        return replace(self, run=0, records=records, refused=0, refused_before=before)

    def refuse(self) -> Self:
        """The value after one refused record."""
        run, records, refused, before = self.run + 1, self.records + 1, self.refused + 1, self.refused_before
        why = self.tripped or _reason_to_halt(run, records, refused, before)
        if records == BLOCK_RECORDS:
            records, refused, before = 0, 0, refused
        return replace(self, run=run, records=records, refused=refused, refused_before=before, tripped=why)


def _reason_to_halt(run: int, records: int, refused: int, refused_before: int) -> str:
    if run >= RUN_MAX:
        return f"{run} records refused in a row"
    seen = BLOCK_RECORDS + records
    if refused_before >= 0 and refused_before + refused > SHARE_MAX * seen:
        return f"{refused_before + refused} of the last {seen} records refused"
    return ""
