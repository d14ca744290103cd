"""A month of a simulated crowd: facts against stage 2's own rows, and DuckDB's answers against the scorecards'."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import msgspec
import numpy as np
import pytest

from alerts.escalation.scorecards.card import make_card
from alerts.escalation.scorecards.period import Period
from alerts.escalation.scorecards.port import DayCounts
from stream.demo.account import columns_of
from stream.demo.crowd import simulated
from stream.events import Event, Judgment
from stream.facts.columns import KEPT, SUM_NAMES, SUMS
from stream.facts.parquet_store import ParquetStore
from stream.facts.read import fact_files, read_facts
from stream.intake.directory import Directory
from stream.intake.moments import to_ms
from stream.quality.schema import UNIT, Column
from stream.quality.windows import Window
from stream.stages.items_stage import ItemStage
from stream.stages.raters_stage import RatersStage
from stream.telemetry.group_lines import GROUP_WINDOWS, group_sums
from tests.oracle.facts import book_of, feed
from tests.oracle.shards import KEY, Record, outcome_log, run

JUDGMENTS, DAY_MS = 3_000, 86_400_000
FIRST_MS = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) * 1_000
MARCH = Period("2026-03", date(2026, 3, 1), date(2026, 4, 1))
LIFETIME = GROUP_WINDOWS.index(Window.LIFETIME)


class Month(NamedTuple):
    """Stage 2 after the month, and the facts of it."""

    raters: list[RatersStage]
    folder: Path


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    crowd = simulated(JUDGMENTS, 40, 3)
    queues = tuple(msgspec.structs.replace(queue, horizon_ms=400 * DAY_MS) for queue in crowd.settings.queues)
    directory = Directory.of(msgspec.structs.replace(crowd.settings, queues=queues), KEY)
    log = month_of(crowd.events)
    sent = run(ItemStage(0, 2, directory, stored=False), log, batches=range(0, len(log), 500)).messages
    logs = [outcome_log(sent, number) for number in range(2)]
    raters = [RatersStage(number, 1, stored=False) for number in range(2)]
    folder = tmp_path_factory.mktemp("facts")
    store = ParquetStore(folder)
    book = book_of(store, 2)
    for until in range(1, max(map(len, logs)) + 3, 3):
        for number, log in enumerate(logs):
            feed(book, "outcomes", number, log, until)
        store.commit(book.take_commit())
    store.close()
    for number, log in enumerate(logs):
        run(raters[number], log)
    return Month(raters, folder)


def month_of(events: Any) -> list[Record]:
    """The events in their order, spread over March, each logged when it happened."""
    names = ["submitted_at" if isinstance(event, Judgment) else "at" for event in events]
    times = [to_ms(getattr(event, name)) for event, name in zip(events, names, strict=True)]
    place = {at_ms: number / len(times) for number, at_ms in enumerate(sorted(set(times)))}
    log: list[Record] = []
    for event, name, at_ms in zip(events, names, times, strict=True):
        moved: Event = msgspec.structs.replace(event, **{name: FIRST_MS + int(place[at_ms] * 31 * DAY_MS)})
        log.append(Record(len(log), getattr(moved, name) + 1, msgspec.json.encode(moved)))
    return log


def test_the_month_adds_up_to_every_raters_row(month: Month) -> None:
    found: dict[bytes, np.ndarray] = defaultdict(lambda: np.zeros(SUMS, "i8"))
    for row in read_facts(month.folder).to_pylist():
        found[row["row_key"][:16]] += [row[name] for name in SUM_NAMES]
    rows = columns_of(table for stage in month.raters for table in stage.tables.values())
    assert {key: tuple(sums.tolist()) for key, sums in found.items()} == {key: kept(row) for key, row in rows.items()}
    assert len(fact_files(month.folder)) == 31


def test_sums_by_vendor_and_queue_are_those_of_stage_two(month: Month) -> None:
    query = f"SELECT vendor, queue, {', '.join(f'sum({n})::BIGINT' for n in SUM_NAMES)} FROM facts"
    found = ask(month, f"{query} WHERE stage = 'production' GROUP BY ALL")
    assert {(vendor, queue): list(sums) for vendor, queue, *sums in found} == {
        name: list(kept(sums.tolist())) for name, sums in groups(month).items()
    }


def test_duckdb_answers_what_the_scorecard_says(month: Month) -> None:
    found = ask(
        month,
        """
        SELECT vendor, strftime(day, '%Y-%m') AS month, sum(judgments)::BIGINT,
               sum(audited_random + gold_seen)::BIGINT AS checked,
               sum(audited_random - overturned_random_sum / 1073741824 + gold_right_sum / 1073741824) AS correct
        FROM facts WHERE stage = 'production' GROUP BY ALL ORDER BY ALL
        """,
    )
    cards = [make_card(vendor, MARCH, counts(month), {}) for vendor in sorted({name[0] for name in groups(month)})]
    assert [(row[0], row[1], row[2], row[3], round(row[4])) for row in found] == [
        (card.vendor, "2026-03", card.judgments, card.checked.n, card.checked.right) for card in cards
    ]
    assert sum(card.checked.n for card in cards) > 200


def test_duckdb_answers_agreement_accuracy_and_cost_of_a_correct_judgment(month: Month) -> None:
    found = ask(
        month,
        """
        SELECT vendor,
               sum(agreement_sum) / 1073741824 / sum(scored),
               sum(gold_right_sum) / 1073741824 / sum(gold_seen),
               sum(cost) / (sum(judgments) * sum(gold_right_sum) / 1073741824 / sum(gold_seen))
        FROM facts WHERE stage = 'production' GROUP BY ALL
        """,
    )
    by_vendor: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(Column), "i8"))
    for (vendor, _), sums in groups(month).items():
        by_vendor[vendor] += sums
    assert len(found) == len(by_vendor) > 2
    for vendor, agreement, accuracy, cost in found:
        sums = by_vendor[vendor]
        right = sums[Column.GOLD_RIGHT] / UNIT / sums[Column.GOLD_SEEN]
        assert agreement == pytest.approx(sums[Column.AGREEMENT] / UNIT / sums[Column.SCORED], rel=1e-12)
        assert accuracy == pytest.approx(right, rel=1e-12)
        assert cost == pytest.approx(sums[Column.COST_MICRO] / 1e6 / (sums[Column.JUDGMENTS] * right), rel=1e-12)


def test_ratios_of_a_row_follow_from_its_sums(month: Month) -> None:
    assert ask(month, "SELECT count(*) FROM facts WHERE agreement != agreement_sum / 1073741824 / scored") == [(0,)]
    assert ask(month, "SELECT count(*) FROM facts WHERE (scored = 0) != (agreement IS NULL)") == [(0,)]


def ask(month: Month, query: str) -> list[tuple[Any, ...]]:
    """DuckDB over the files that the manifest names."""
    files = ", ".join(f"'{path}'" for path in fact_files(month.folder))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        source = f"read_parquet([{files}], hive_partitioning = false)"
        return connection.execute(f"WITH facts AS (SELECT * FROM {source}) {query}").fetchall()


def kept(columns: Sequence[int]) -> tuple[int, ...]:
    """Without exposure, which facts do not hold."""
    return tuple(columns[column] for column in KEPT)


def groups(month: Month) -> dict[tuple[str, str], np.ndarray]:
    """Stage 2's own rows of vendors in queues, over all shards."""
    total = group_sums((table for stage in month.raters for table in stage.tables.values()), FIRST_MS)
    return {name: sums[LIFETIME] for name, sums in total.items()}


def counts(month: Month) -> list[DayCounts]:
    """What the scorecard reads, out of stage 2's rows; the whole month as one day."""
    return [
        DayCounts(
            vendor=vendor,
            queue=queue,
            day=MARCH.first,
            judgments=int(sums[Column.JUDGMENTS]),
            audited=int(sums[Column.AUDITED_RANDOM]),
            overturned=round(sums[Column.OVERTURNED_RANDOM] / UNIT),
            known=int(sums[Column.GOLD_SEEN]),
            known_right=round(sums[Column.GOLD_RIGHT] / UNIT),
        )
        for (vendor, queue), sums in groups(month).items()
    ]
