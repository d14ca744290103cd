import pytest

from stream.commands.rejected_log import RejectFilters, advice, collected, redrive
from stream.intake.reasons import Reason
from stream.settings import Settings
from stream.stages.port import Reject
from stream.transport.memory_log import MemoryLog, MemoryProducer
from stream.transport.port import Partition
from stream.transport.rejected import send_reject

REJECTED = Partition("judgments.rejected", 0)
SETTINGS = Settings()


@pytest.fixture
def log():
    return MemoryLog({"judgments": 4, "judgments.rejected": 1})


async def refuse(log, number, offset, value, reason=Reason.UNKNOWN_QUEUE):
    producer = MemoryProducer(log)
    await send_reject(Reject(offset, reason, value), Partition("judgments", number), REJECTED.topic, producer)


async def test_a_record_refused_again_by_a_replay_counts_once(log):
    for _ in range(3):
        await refuse(log, 2, 17, b"{}")
    await refuse(log, 2, 18, b"{}")
    assert [record.id for record in collected(log.records(REJECTED))] == ["2:17", "2:18"]


async def test_redriving_sends_the_same_bytes_to_the_same_partition_and_remembers_it(log):
    await refuse(log, 2, 17, b'{"queue": "new"}')
    await refuse(log, 1, 5, b"{}")
    [first, second] = collected(log.records(REJECTED))
    await redrive(first, SETTINGS, MemoryProducer(log))

    assert [record.value for record in log.records(Partition("judgments", 2))] == [b'{"queue": "new"}']
    again = collected(log.records(REJECTED))
    assert [(record.id, record.redriven) for record in again] == [("2:17", True), ("1:5", False)]
    assert again[0].value == first.value
    assert second.reason == "unknown_queue"


async def test_the_marker_follows_only_once_the_record_is_acknowledged(log):
    await refuse(log, 2, 17, b"{}")
    [record] = collected(log.records(REJECTED))
    producer = MemoryProducer(log)
    producer.down = True
    with pytest.raises(Exception, match="down"):
        await redrive(record, SETTINGS, producer)
    assert [record.redriven for record in collected(log.records(REJECTED))] == [False]


async def test_filters_choose_by_reason_partition_id_and_time(log):
    await refuse(log, 0, 1, b"", Reason.TOO_LATE)
    log.now_ms = 9_000
    await refuse(log, 1, 1, b"")
    found = collected(log.records(REJECTED))

    def ids(**filters):
        return [record.id for record in found if RejectFilters(**filters).wants(record)]

    assert ids() == ["0:1", "1:1"]
    assert ids(reasons=["too_late"]) == ["0:1"]
    assert ids(partitions=[1]) == ["1:1"]
    assert ids(ids=["0:1"]) == ["0:1"]
    assert ids(since_ms=2_000) == ["1:1"]


async def test_foreign_records_in_the_topic_are_passed_over(log):
    log.append(REJECTED, b"something else")
    assert collected(log.records(REJECTED)) == []


def test_every_reason_has_advice_and_an_unknown_one_too():
    assert all(advice(reason) for reason in Reason)
    assert "does not know" in advice("of_the_future")
