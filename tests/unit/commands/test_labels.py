import json

import pyarrow.parquet as pq
import pytest

from stream.commands.labels import labels
from stream.commands.log_reader import MemoryLogReader
from stream.errors import Unavailable
from stream.quality.policy import State
from stream.quality.suspicion import ranked
from stream.report.answers import AnswerBook
from stream.report.items_file import item_rows
from stream.stages.raters_stage import RatersStage


@pytest.fixture(scope="module")
def expected(crowd):
    """The rows of the same crowd by the way of backtest: from the outcomes, without a store."""
    book = AnswerBook()
    for number, log in enumerate(crowd.outcomes):
        stage = RatersStage(number, crowd.partitions, stored=False)
        book.add(stage.read(log))
    accuracy, flagged = {}, set()
    for stage in crowd.rater_stages:
        for table in stage.tables.values():
            for slot in table.slots():
                profile, hot = table.profiles[slot], table.rows.hot[slot]
                if profile.rater_id and not hot["training"]:
                    standing = ranked(table.rows, slot)
                    if standing.scored:
                        accuracy[profile.rater_id, profile.queue] = float(standing.accuracy)
                    if hot["state"] == State.SUSPECT:
                        flagged.add((profile.rater_id, profile.queue))
    known = {key: label for stage in crowd.item_stages for key, label in stage.known_labels().items()}
    assert flagged
    return list(item_rows(book.answers(), accuracy, flagged, known))


@pytest.fixture
def log(crowd):
    return MemoryLogReader({number: [record.value for record in records] for number, records in enumerate(crowd.logs)})


def written(folder):
    rows = pq.read_table(folder / "items.parquet").to_pylist()
    return [row | {"labels": dict(row["labels"]), "vendors": dict(row["vendors"])} for row in rows]


def in_order(rows):
    return sorted(rows, key=lambda row: row["item_key"])


def test_a_deployment_writes_the_rows_that_backtest_writes(invoke, log, expected, tmp_path):
    result = invoke(labels, "--out", tmp_path, "--json", log=log)

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["items"] == len(expected)
    assert in_order(written(tmp_path)) == in_order(row._asdict() for row in expected)
    assert any(row.flips for row in expected)
    assert {row.known_from for row in expected} == {None, "gold", "adjudication"}


def test_without_names_items_are_known_by_their_key(invoke, expected, tmp_path):
    result = invoke(labels, "--out", tmp_path, "--no-names", "--queue", expected[0].queue, "--json")

    wanted = [row._asdict() | {"item_id": None} for row in expected if row.queue == expected[0].queue]
    assert in_order(written(tmp_path)) == in_order(wanted)
    assert json.loads(result.stdout)["without_id"] == len(wanted)


def test_nobody_is_named_in_either_file(invoke, crowd, log, tmp_path):
    invoke(labels, "--out", tmp_path, log=log)

    text = (tmp_path / "items.csv").read_text()
    assert not [one.rater_id for one in crowd.truth if one.rater_id in text]


def test_an_unreachable_log_says_how_to_do_without_it(invoke, tmp_path):
    class Away(MemoryLogReader):
        def item_names(self, partition, since_ms=None):
            raise Unavailable("Kafka does not answer")

    result = invoke(labels, "--out", tmp_path, log=Away({}))

    assert isinstance(result.exception, Unavailable)
    assert "--no-names" in str(result.exception)
    assert list(tmp_path.glob("items.parquet")) == []
