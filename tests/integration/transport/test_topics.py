import asyncio

import pytest

from stream.errors import Unavailable
from stream.transport.connection import KafkaConnection
from stream.transport.identity import PARTITIONS, SCHEMA, TOPIC_ID
from stream.transport.kafka_identities import KafkaIdentities
from stream.transport.port import Partition
from stream.transport.topics import TopicSpec, declared_topics, ensure_topics, look_up, retention_seconds


def test_missing_topics_are_made_as_declared_and_verified_the_next_time(connection, unique_name):
    specs = [
        TopicSpec(unique_name(spec.name), spec.partitions, spec.settings)
        for spec in declared_topics(judgments_partitions=3, outcomes_partitions=2)
    ]
    made = ensure_topics(connection, specs, replication=1)
    assert all(report.created and not report.problems for report in made)
    verified = ensure_topics(connection, specs, replication=1)
    assert not any(report.created or report.problems for report in verified)


def test_what_differs_is_reported_in_a_sentence_and_left_alone(connection, unique_name):
    name = unique_name("judgments")
    ensure_topics(
        connection, [TopicSpec(name, 2, {"cleanup.policy": "compact", "retention.ms": "1000"})], replication=1
    )
    wanted = {"cleanup.policy": "delete", "retention.ms": "5000", "message.timestamp.type": "LogAppendTime"}
    [report] = ensure_topics(connection, [TopicSpec(name, 3, wanted)], replication=1)
    assert not report.created
    text = "\n".join(report.problems)
    assert "has 2 partitions, 3 are set" in text
    assert "cleanup.policy=compact, wanted delete" in text
    assert "retention.ms=1000, wanted 5000" in text
    assert "message.timestamp.type=CreateTime" in text


@pytest.mark.parametrize("retention_ms", ["-1", "9000"])
def test_a_longer_retention_than_wanted_is_fine(connection, unique_name, retention_ms):
    name = unique_name("judgments")
    ensure_topics(connection, [TopicSpec(name, 1, {"retention.ms": retention_ms})], replication=1)
    [report] = ensure_topics(connection, [TopicSpec(name, 1, {"retention.ms": "5000"})], replication=1)
    assert not report.problems


def test_retention_is_told_in_seconds_and_left_out_where_nothing_expires(connection, unique_name):
    week, ever = unique_name("judgments"), unique_name("judgments")
    specs = [TopicSpec(week, 1, {"retention.ms": "604800000"}), TopicSpec(ever, 1, {"retention.ms": "-1"})]
    ensure_topics(connection, specs, replication=1)
    assert retention_seconds(connection, [week, ever]) == {week: 604_800.0}


async def test_identities_hold_what_a_shards_state_depends_on(connection, topic, unique_name):
    identities = KafkaIdentities(connection, (topic,), schema=4)
    facts = (await asyncio.to_thread(look_up, connection, [topic]))[topic]
    assert facts.partitions == 2
    assert await identities.identity(Partition(topic, 1)) == {
        SCHEMA: b"4",
        TOPIC_ID: facts.topic_id.encode(),
        PARTITIONS + topic.encode(): b"2",
    }
    missing = unique_name("nowhere")
    with pytest.raises(Unavailable, match=f"no topic {missing}"):
        await KafkaIdentities(connection, (missing,), schema=4).identity(Partition(missing, 0))


def test_a_broker_that_is_not_there_is_unavailable():
    with pytest.raises(Unavailable, match="does not answer"):
        look_up(KafkaConnection(("127.0.0.1:1",)), ["t"])
