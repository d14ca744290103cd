"""Identities looked up in Kafka: topic ids and partition counts, once an assignment."""

import asyncio
from collections.abc import Mapping, Sequence

from stream.errors import Unavailable
from stream.transport.connection import KafkaConnection
from stream.transport.identity import PARTITIONS, SCHEMA, TOPIC_ID
from stream.transport.port import Partition
from stream.transport.topics import TopicFacts, look_up


class KafkaIdentities:
    """The Identities port. `topics`: those whose partition counts the state depends on; `schema`: of the rows."""

    def __init__(self, connection: KafkaConnection, topics: Sequence[str], schema: int) -> None:
        self._connection, self._topics, self._schema = connection, tuple(topics), schema
        self._facts: dict[str, TopicFacts] | None = None
        self._lock = asyncio.Lock()

    async def identity(self, partition: Partition) -> Mapping[bytes, bytes]:
        async with self._lock:
            if self._facts is None:
                self._facts = await asyncio.to_thread(look_up, self._connection, self._topics)
        facts = self._facts
        if missing := [topic for topic in (*self._topics, partition.topic) if topic not in facts]:
            raise Unavailable(f"Kafka has no topic {missing[0]}: run `raterwatch topics`")
        counts = {PARTITIONS + topic.encode(): b"%d" % facts[topic].partitions for topic in self._topics}
        return {SCHEMA: b"%d" % self._schema, TOPIC_ID: facts[partition.topic].topic_id.encode(), **counts}

    async def refresh(self) -> None:
        self._facts = None
