"""What stage 1 knows of queues, read from the store: suspect known answers, and whether a queue's level has moved."""

from stream.commands.reading import ShardReader, partition_count
from stream.quality.outcome_message import QueueInfo
from stream.quality.queue_table import Stored, decode_stored
from stream.settings import Settings
from stream.stages.queue_reading import QueueReading, is_home, merged, read_stored
from stream.state.keys import QUEUES

_KEY_BYTES = 8  # of a queue's field; the directory and the arming book have names of other lengths


class StoredQueues:
    """Queues of every shard of `judgments`."""

    def __init__(self, shards: list[dict[int, Stored]]) -> None:
        self._shards = shards

    @classmethod
    async def read(cls, store: ShardReader, settings: Settings) -> "StoredQueues":
        """Reads them all; they are small."""
        partitions = range(await partition_count(store, settings, settings.judgments))
        fields = [await store.scan(f"{settings.judgments}:{number}", QUEUES) for number in partitions]
        return cls(
            [
                {
                    int.from_bytes(field, "little"): decode_stored(data)
                    for field, data in some.items()
                    if _is_queue(field)
                }
                for some in fields
            ]
        )

    def of(self, queue: QueueInfo) -> QueueReading:
        """A queue over all shards."""
        return merged(
            [
                read_stored(queues[queue.key], home=is_home(queue.name, partition, len(self._shards)))
                for partition, queues in enumerate(self._shards)
                if queue.key in queues
            ]
        )


def _is_queue(field: bytes) -> bool:
    return len(field) == _KEY_BYTES
