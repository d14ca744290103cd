"""One declaration of the columns, and everything that is made from it."""

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from alerts.wording import accusing_words
from stream.commands.facts import facts
from stream.facts.arrow_schema import arrow_schema
from stream.facts.bigquery import bigquery_schema
from stream.facts.columns import DAILY, KEPT, SUMS, TABLES, Table
from stream.facts.day_rows import DayRows
from stream.facts.erasing import row_key
from stream.facts.facts_page import page
from stream.facts.port import DailyChange, Names
from stream.facts.postgres.tables import metadata
from stream.quality.schema import UNIT, Column

REPOSITORY = Path(__file__).parents[3]
NAMES = Names("rkx-1", "q", "v", None, "de", "EUR", "production")
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@each_table
def test_the_committed_bigquery_schema_is_what_the_declaration_says(table: Table) -> None:
    committed = REPOSITORY / "deploy" / "bigquery" / f"{table.name}.json"
    assert committed.read_text() == bigquery_schema(table), "run `make generate`"


def test_the_committed_page_is_what_the_declaration_says() -> None:
    assert (REPOSITORY / "docs" / "facts.md").read_text() == page(), "run `make generate`"


@each_table
def test_every_form_has_the_same_columns_and_the_same_absences(table: Table) -> None:
    arrow = {field.name: field.nullable for field in arrow_schema(table)}
    postgres = {column.name: column.nullable for column in metadata.tables[f"facts.{table.name}"].columns}
    bigquery = {one["name"]: one["mode"] == "NULLABLE" for one in json.loads(bigquery_schema(table))}
    assert arrow == postgres == bigquery == {field.name: field.nullable for field in table.fields}


@each_table
@pytest.mark.parametrize("form", ["bigquery", "postgresql", "arrow"])
def test_the_command_prints_each_of_them(table: Table, form: str) -> None:
    printed = CliRunner().invoke(facts, ["schema", table.name, "--as", form])
    assert printed.exit_code == 0
    assert all(name in printed.output for name in table.names)


def test_no_text_accuses() -> None:
    assert accusing_words(page()) == []


def test_ratios_follow_from_the_sums_and_are_absent_where_nothing_was_counted() -> None:
    row = one_row(
        {
            Column.SCORED: 4,
            Column.AGREEMENT: 3 * UNIT,
            Column.TIMED: 2,
            Column.LOG_TIME: round(2 * np.log(1_500) * UNIT),
            Column.FAST_KNOWN: 8,
            Column.FAST: 2,
            Column.COSTED: 3,
            Column.COST_MICRO: 120_001,
        }
    )
    assert (row["agreement"], row["fast_ratio"], row["cost"]) == (0.75, 0.25, Decimal("0.120001"))
    assert row["typical_duration_ms"] == pytest.approx(1_500)
    assert (row["gold_accuracy"], row["self_consistency"], row["overturn_ratio"]) == (None, None, None)
    assert one_row({Column.SCORED: 1})["cost"] is None


def test_a_file_gives_back_what_was_written() -> None:
    rows = day_rows({Column.JUDGMENTS: 5})
    again = DayRows.of(3, rows.table())
    assert again.table().equals(rows.table())
    assert again.add(DailyChange(3, row_key(1, 2, 0, 7), None, sums({Column.JUDGMENTS: -5})))
    assert len(again.table()) == 0, "a row whose sums are all zero is none"


def test_a_correction_without_a_row_is_refused() -> None:
    assert not DayRows(3).add(DailyChange(3, b"unheard of", None, sums({Column.SCORED: 1})))


def one_row(columns: dict[Column, int]) -> dict[str, object]:
    (row,) = day_rows(columns).table().to_pylist()
    assert isinstance(row, dict)
    return row


def day_rows(columns: dict[Column, int]) -> DayRows:
    rows = DayRows(3)
    rows.add(DailyChange(3, row_key(1, 2, 0, 7), NAMES, sums(columns)))
    assert rows.table().schema == arrow_schema(DAILY)
    assert isinstance(rows.table(), pa.Table)
    return rows


def sums(columns: dict[Column, int]) -> np.ndarray:
    found = np.zeros(SUMS, "i8")
    found[[KEPT.index(column) for column in columns]] = list(columns.values())
    return found
