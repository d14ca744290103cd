"""Facts are a function of the logs: not of batches, commits, restarts, or how a sender cut its messages."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.errors import ShardHalted
from stream.facts.columns import DAILY, SUM_NAMES
from stream.facts.days import as_date
from stream.facts.memory_store import MemoryStore
from stream.facts.parquet_store import ParquetStore
from stream.facts.port import FactStore
from stream.facts.read import read_facts
from stream.stages.items_stage import ItemStage
from tests.oracle.facts import Facts, book_of, expected_facts, facts_in, feed
from tests.oracle.judging import Oracle
from tests.oracle.orders import logs_with_orders
from tests.oracle.shards import QUEUES, Record, directory, log_of, outcome_log, run
from tests.oracle.streams import DAY_MS, Timed

careful = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
cuts = st.lists(st.integers(0, 60), max_size=8)
HORIZON_DAYS = 10_000
NOW_MS = 12 * DAY_MS
ZONES = {"ordinal": "Asia/Tokyo", "set": "America/St_Johns"}
LOCALES, CURRENCIES = (None, None, "de", "fr"), ("EUR", "USD")


def told(timed: Sequence[Timed]) -> list[Timed]:
    """Judgments with locales and currencies, which a revision may change."""
    out: list[Timed] = []
    for number, (log_ms, event) in enumerate(timed):
        more: dict[str, Any] = {}
        if "judgment_id" in event and event.get("type", "judgment") == "judgment":
            more = {"locale": LOCALES[number % 4]} if LOCALES[number % 4] else {}
            more |= {"currency": CURRENCIES[number % 2]} if "cost" in event else {}
        out.append((log_ms, event | more))
    return out


def outcome_logs(log: Sequence[Record], sent: Sequence[int]) -> list[list[Record]]:
    """Both partitions of outcomes. What was sent comes again, cut elsewhere, as after a rollback of the sender."""
    once = run(items(), log, batches=sent).messages
    again = run(items(), log, batches=[cut + 1 for cut in sent]).messages
    return [outcome_log([*once[: len(once) // 2], *again, *once], number) for number in range(2)]


def items() -> ItemStage:
    return ItemStage(0, 2, directory(), horizon_days=HORIZON_DAYS)


def expected(timed: Sequence[Timed]) -> Facts:
    oracle = Oracle(QUEUES, HORIZON_DAYS * DAY_MS)
    for log_ms, event in timed:
        oracle.take(log_ms, event)
    return expected_facts(oracle, ZONES)


def stored(store: MemoryStore) -> Facts:
    return facts_in(
        {"day": as_date(day), **names._asdict(), **dict(zip(SUM_NAMES, sums.tolist(), strict=True))}
        for (day, _), (names, sums) in store.daily.items()
    )


def follow(
    open_store: Callable[[], FactStore], logs: Sequence[Sequence[Record]], lives: Sequence[Sequence[int]]
) -> None:
    """Each life reads some batches, commits after every second one, and is killed; the last one reads everything."""
    everything = range(1, max(map(len, logs)) + 5, 2)
    for life in [*map(sorted, lives), everything]:
        store = open_store()
        book = book_of(store, len(logs), zones=ZONES)
        for number, until in enumerate(life):
            for partition, log in enumerate(logs):
                feed(book, "outcomes", partition, log, until)
            if number % 2 or until > everything[-2]:
                store.commit(book.take_commit())
        store.close()


@careful
@given(logs_with_orders(), cuts, st.lists(cuts, max_size=3))
def test_rows_are_the_oracles_however_logs_and_lives_are_cut(
    timed: list[Timed], sent: list[int], lives: list[list[int]]
) -> None:
    timed = told(timed)
    store = MemoryStore()
    follow(lambda: store, outcome_logs(log_of(timed), sent), lives)
    assert stored(store) == expected(timed)


@settings(careful, max_examples=8)
@given(logs_with_orders(), cuts, st.lists(cuts, max_size=2))
def test_files_are_the_oracles_likewise(timed: list[Timed], sent: list[int], lives: list[list[int]]) -> None:
    timed = told(timed)
    with TemporaryDirectory() as folder:
        follow(lambda: ParquetStore(Path(folder)), outcome_logs(log_of(timed), sent), lives)
        assert facts_in(read_facts(folder).to_pylist()) == expected(timed)


def test_a_gap_in_what_a_source_sent_halts() -> None:
    events = [(NOW_MS, judgment(number)) for number in range(6)]
    sent = run(items(), log_of(events), batches=range(6)).messages
    log = max((outcome_log(sent, number) for number in range(2)), key=len)
    book = book_of(MemoryStore(), 2)
    with pytest.raises(ShardHalted, match="are missing"):
        book.take("outcomes", 0, [log[0], log[2]], 3)


def judgment(number: int, **more: Any) -> dict[str, Any]:
    return {
        "judgment_id": f"j{number}",
        "item_id": f"i{number}",
        "rater_id": f"r{number % 2}",
        "queue": "nominal",
        "vendor": "v",
        "label": "a",
        "submitted_at": 10 * DAY_MS,
    } | more


def test_days_that_are_not_kept_are_passed_over_and_counted() -> None:
    store = MemoryStore()
    standing = book_of(store, 2).take_commit().standing
    book = book_of(store, 2)
    book.begin_at(msgspec.structs.replace(standing, number=0, first_day=11))
    timed = [(NOW_MS, judgment(0)), (NOW_MS, judgment(1, submitted_at=11 * DAY_MS))]
    for number, log in enumerate(outcome_logs(log_of(timed), ())):
        feed(book, "outcomes", number, log)
    store.commit(book.take_commit())
    assert {name.day for name in stored(store)} == {date(1970, 1, 12).isoformat()}
    assert book.take_passed_over() == {"day_not_kept": 1}


def test_a_queues_days_stay_in_the_zone_that_they_began_with() -> None:
    store = MemoryStore()
    timed = [(NOW_MS, judgment(0, submitted_at=10 * DAY_MS - 1))]
    logs = outcome_logs(log_of(timed), ())
    for zones in ({"nominal": "Asia/Tokyo"}, {"nominal": "UTC"}):
        book = book_of(store, 2, zones=zones)
        for number, log in enumerate(logs):
            feed(book, "outcomes", number, log)
        store.commit(book.take_commit())
    assert store.standing().zones == {"nominal": "Asia/Tokyo"}
    assert {name.day for name in stored(store)} == {"1970-01-11"}


def test_the_declaration_has_every_column_of_stage_two() -> None:
    assert set(SUM_NAMES) <= set(DAILY.names)
