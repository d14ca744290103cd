"""What a shard has been delivered and not yet applied: in order, without gap, without repetition."""

from collections import deque

from stream.stages.port import SourceRecord
from stream.transport.port import Batch


class Inbox:
    """Takes batches as they come, fetched under whatever assignment or seek, and gives out only what continues.

    `expected` is the next position to read: everything readable below it was given out. It may stand above the offset
    of the last record plus one, because batches say where their fetch ended, past the log's holes.
    """

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self._batches: deque[Batch] = deque()

    def __len__(self) -> int:
        return len(self._batches)

    def put(self, batch: Batch) -> None:
        self._batches.append(batch)

    def clear(self) -> None:
        self._batches.clear()

    @property
    def gap(self) -> bool:
        """The next batch starts later than expected: what lies between was lost on the way and is to be read again."""
        return bool(self._batches) and self._batches[0].start > self.expected

    def take(self, records_wanted: int) -> list[SourceRecord]:
        """Records from `expected` on, of as many batches as fit the wanted number (at least one); stops at a gap."""
        taken: list[SourceRecord] = []
        while self._batches and not self.gap:
            fresh = self._fresh(self._batches[0])
            if taken and len(taken) + len(fresh) > records_wanted:
                break
            taken.extend(fresh)
            self.expected = max(self.expected, self._batches.popleft().end)
        return taken

    def _fresh(self, batch: Batch) -> list[SourceRecord]:
        if batch.start == self.expected:
            return list(batch.records)
        return [record for record in batch.records if record.offset >= self.expected]
