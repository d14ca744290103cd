"""The loop: when it commits, what it removes, and what it says of itself."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from stream.errors import StateError
from stream.facts.book import check_place
from stream.facts.follow import Follow, Pace
from stream.facts.memory_store import MemoryStore
from stream.facts.port import Written
from stream.telemetry.facts import FactsTelemetry
from stream.transport.follower import check_held
from stream.transport.port import Batch, Partition
from tests.oracle.facts import book_of
from tests.oracle.shards import Record

DAY_MS = 86_400_000
NOW_MS = 500 * DAY_MS
PLACE = Partition("judgments", 0)


class Logs:
    """Batches as a test puts them; the clock moves by a second with each fetch."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS
        self.batches: list[Batch] = []
        self.behind: dict[Partition, int] = {PLACE: 0}

    def put(self, *days: int) -> None:
        records = [Record(at, self.now_ms, adjudication(day)) for at, day in enumerate(days)]
        self.batches.append(Batch(PLACE, 0, records, len(records)))

    async def fetch(self) -> list[Batch]:
        self.now_ms += 1_000
        batches, self.batches = self.batches, []
        return batches

    async def lag(self) -> Mapping[Partition, int]:
        return self.behind


class Heard:
    """The observer."""

    def __init__(self) -> None:
        self.through_ms: list[int] = []
        self.rows: list[Mapping[str, int]] = []

    def committed(self, written: Written, passed_over: Mapping[str, int]) -> None:
        self.rows.append(written.rows)

    def stands(self, lag: Mapping[Partition, int], through_ms: int) -> None:
        self.through_ms.append(through_ms)


def adjudication(day: int) -> bytes:
    event = {"type": "adjudication", "queue": "q", "item_id": f"i{day}", "label": "a", "revision": 1, "auditor": "a"}
    return msgspec.json.encode(event | {"sampling": "random", "severity": "minor", "at": day * DAY_MS})


def following(pace: Pace | None = None) -> tuple[Follow, Logs, MemoryStore, Heard]:
    logs, store, heard = Logs(), MemoryStore(), Heard()
    book = book_of(store, 1)
    return Follow(logs, store, book, pace or Pace(5_000), heard, lambda: logs.now_ms), logs, store, heard


def labels(store: MemoryStore) -> list[Any]:
    return sorted(row["item_id"] for row in store.told["adjudicated_labels"].values())


async def test_what_was_read_is_committed_when_it_is_time_and_not_before() -> None:
    follow, logs, store, _ = following()
    await follow.step()  # the first commit is due at once
    logs.put(499)
    for stored in ([], [], [], [], [], ["i499"]):
        await follow.step()
        assert labels(store) == stored
    assert store.standing().topics["judgments"].offsets == [1]


async def test_many_rows_are_committed_at_once() -> None:
    follow, logs, store, _ = following(Pace(3_600_000, most_rows=2))
    await follow.step()
    logs.put(498, 499)
    await follow.step()
    assert labels(store) == ["i498", "i499"]


async def test_nothing_read_writes_nothing() -> None:
    follow, _, store, heard = following(Pace(1, days_kept=10_000))
    for _ in range(3):
        await follow.step()
    assert (store.standing().number, heard.rows) == (0, [])


async def test_old_days_go_every_hour_and_are_passed_over_from_then_on() -> None:
    follow, logs, store, _ = following(Pace(1, days_kept=10))
    logs.put(495, 480)
    await follow.step()
    assert labels(store) == ["i495"]
    assert store.standing().first_day == 490
    logs.now_ms += 8 * DAY_MS
    await follow.step()
    assert labels(store) == []


async def test_the_end_commits_what_was_read() -> None:
    follow, logs, store, _ = following(Pace(3_600_000))
    await follow.step()
    logs.put(499)
    await follow.step()
    stop = asyncio.Event()
    stop.set()
    await follow.run(stop)
    assert labels(store) == ["i499"]


async def test_it_is_behind_by_the_oldest_partition_and_by_nothing_once_all_is_read() -> None:
    follow, logs, _, heard = following(Pace(1))
    logs.put(499)
    logs.behind = {PLACE: 7, Partition("outcomes", 0): 0}
    await follow.step()
    assert heard.through_ms[-1] == NOW_MS, "the log time of the latest record of a partition that has more"
    await follow.step()
    await follow.step()
    assert heard.through_ms[-1] > NOW_MS, "a fetch found nothing: what is left are markers"


def test_metrics_are_absent_until_they_are_known() -> None:
    told = FactsTelemetry(lambda: NOW_MS + 5_000)
    assert "raterwatch_facts_behind_seconds " not in told.page().decode()
    told.stands({"outcomes": 3}, NOW_MS)
    told.committed({"daily_facts": 4}, {"day_not_kept": 2})
    page = told.page().decode()
    for line in (
        "raterwatch_facts_behind_seconds 5.0",
        "raterwatch_facts_complete_until_seconds 4.32e+07",
        'raterwatch_facts_lag_records{topic="outcomes"} 3.0',
        'raterwatch_facts_rows_written_total{table="daily_facts"} 4.0',
        'raterwatch_facts_passed_over_total{why="day_not_kept"} 2.0',
        "raterwatch_facts_commits_total 1.0",
    ):
        assert line in page


@pytest.mark.parametrize(("offset", "what"), [(4, "dropped"), (21, "lost its end")])
def test_a_log_that_does_not_hold_what_follows_says_what_to_do(offset: int, what: str) -> None:
    with pytest.raises(StateError, match=f"{what}.*raterwatch facts restart"):
        check_held(Partition("outcomes", 2), offset, 5, 20)


@pytest.mark.parametrize("offset", [5, 20])
def test_a_log_that_holds_it_is_followed(offset: int) -> None:
    check_held(Partition("outcomes", 2), offset, 5, 20)


@pytest.mark.parametrize(("topic_id", "partitions"), [("another", 1), ("id of outcomes", 2)])
def test_another_topic_of_that_name_is_refused(topic_id: str, partitions: int) -> None:
    standing = book_of(MemoryStore(), 1).take_commit().standing
    check_place(standing, "outcomes", "id of outcomes", 1)
    with pytest.raises(StateError, match="another topic outcomes"):
        check_place(standing, "outcomes", topic_id, partitions)
