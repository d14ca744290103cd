"""Looking at Kafka's logs from a command: versions, bounds, append times, records. Joins no group, blocks."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError

from stream.errors import Unavailable
from stream.transport.connection import KafkaConnection
from stream.transport.port import Partition

_BOOTSTRAP_MS = 5_000  # a person waits for the answer
_POLL_MS = 500
_PATIENCE = 20  # empty polls in a row before a log counts as stuck


def broker_versions(connection: KafkaConnection) -> set[str]:
    """The versions of the brokers, as their protocol tells it."""
    with _client(KafkaAdminClient, connection) as admin:
        brokers = admin.describe_cluster()["brokers"]
        versions = [admin.get_broker_version_data(broker["broker_id"]).broker_version for broker in brokers]
        return {".".join(map(str, version)) for version in versions}


def topic_setting(connection: KafkaConnection, topics: Iterable[str], key: str) -> dict[str, str]:
    """One setting of existing topics."""
    with _client(KafkaAdminClient, connection) as admin:
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
        described = admin.describe_configs(resources, config_filter="all")["topic"]
        return {topic: str(entries[key]["value"]) for topic, entries in described.items()}


def log_bounds(connection: KafkaConnection, partitions: Iterable[Partition]) -> dict[Partition, tuple[int, int]]:
    """(first offset held, last stable offset) of each."""
    with _client(KafkaConsumer, connection, isolation_level="read_committed") as consumer:
        places = [TopicPartition(*partition) for partition in partitions]
        first, end = consumer.beginning_offsets(places), consumer.end_offsets(places)
        return {Partition(place.topic, place.partition): (first[place], end[place]) for place in places}


def latest_append_ms(connection: KafkaConnection, bounds: Mapping[Partition, tuple[int, int]]) -> int | None:
    """The broker's time at the latest record of these partitions; None when they are empty."""
    filled = {TopicPartition(*partition): end for partition, (first, end) in bounds.items() if end > first}
    with _client(KafkaConsumer, connection, isolation_level="read_committed") as consumer:
        consumer.assign(list(filled))
        for place, end in filled.items():
            consumer.seek(place, end - 1)
        times = (
            [record.timestamp for batch in consumer.poll(2 * _POLL_MS).values() for record in batch] if filled else []
        )
        return max(times, default=None)


def append_ms_at(connection: KafkaConnection, offsets: Mapping[Partition, int]) -> dict[Partition, int]:
    """The broker's time at the first record from these offsets on; a partition without one is left out."""
    found: dict[Partition, int] = {}
    for partition, offset in offsets.items():
        with _client(KafkaConsumer, connection, isolation_level="read_committed") as consumer:
            place = TopicPartition(*partition)
            consumer.assign([place])
            consumer.seek(place, offset)
            for record in consumer.poll(2 * _POLL_MS, max_records=1).get(place, []):
                found[partition] = record.timestamp
    return found


def read_whole(
    connection: KafkaConnection, topic: str, partitions: Iterable[int] | None = None, since_ms: int | None = None
) -> Iterator[Any]:
    """Every record that the topic holds now, as kafka-python gives it; or of some partitions, appended since then."""
    with _client(KafkaConsumer, connection, isolation_level="read_committed") as consumer:
        numbers = consumer.partitions_for_topic(topic)
        if not numbers:
            raise Unavailable(f"Kafka has no topic {topic}: run `raterwatch topics`")
        places = [TopicPartition(topic, number) for number in (numbers if partitions is None else partitions)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        if since_ms is not None:
            for place, found in consumer.offsets_for_times(dict.fromkeys(places, since_ms)).items():
                consumer.seek(place, ends[place] if found is None else found.offset)
        empty = 0
        while empty < _PATIENCE and any(consumer.position(place) < ends[place] for place in places):
            batches = consumer.poll(_POLL_MS)
            empty = 0 if batches else empty + 1
            for place, records in batches.items():
                yield from (record for record in records if record.offset < ends[place])
        if empty == _PATIENCE:
            raise Unavailable(f"Kafka stopped delivering {topic}: check the broker")


@contextmanager
def _client(kind: Any, connection: KafkaConnection, **settings: Any) -> Iterator[Any]:
    servers = ", ".join(connection.bootstrap)
    try:
        client = kind(**connection.client_settings(), bootstrap_timeout_ms=_BOOTSTRAP_MS, **settings)
        try:
            yield client
        finally:
            client.close()
    except KafkaError as error:
        raise Unavailable(f"Kafka at {servers} does not answer: {error!r}") from error
