import json
from datetime import UTC, datetime

import pytest

from raterwatch import read
from stream.commands.queue import queue
from stream.commands.rater import rater
from stream.errors import InputError
from stream.read.source import BacktestSource, RedisSource
from stream.read.tables import Tables
from stream.settings import Settings

END = datetime(2026, 1, 8, tzinfo=UTC)


@pytest.fixture
def tables(store, monkeypatch):
    """A deployment whose state is in memory."""
    monkeypatch.setattr("stream.read.source.open_store", lambda access: store)
    return Tables(RedisSource(Settings(partitions=2)))


@pytest.fixture
def kept(crowd):
    """The same crowd as a backtest would leave it."""
    return Tables(BacktestSource(crowd.rater_stages, round(END.timestamp() * 1000)))


@pytest.mark.parametrize("window", ["last50", "24h", "7d", "lifetime"])
def test_raters_are_told_as_the_command_tells_them(tables, invoke, window):
    rows = [row for row in tables.raters(window=window, as_of=END).to_pylist() if not row["training"]]

    assert len(rows) > 20
    for row in rows[::7]:
        shown = json.loads(invoke(rater, row["rater"], "--as-of", END.isoformat(), "--json").stdout)
        [told] = [one for one in shown["queues"] if one["queue"] == row["queue"] and not one["training"]]
        measures = told["windows"][window]
        assert (row["state"], row["suspicion"]) == (told["state"], told["suspicion"])
        assert row["judgments"] == measures["judgments"]
        for name, ours in (("agreement", "agreement"), ("chance_corrected", "chance_corrected")):
            interval = measures[name] or {"value": None, "low": None, "high": None}
            assert [row[ours], row[f"{ours}_low"], row[f"{ours}_high"]] == [
                interval[k] for k in ("value", "low", "high")
            ]
        known = measures["gold_accuracy"]
        assert row["known_accuracy"] == (known["value"] if known else None)
        assert row["cost"] == measures["cost"]
        assert row["open_findings"] == len(told["findings"])


def test_what_is_unknown_is_null_and_why_says_what_is_missing(tables):
    rows = tables.raters(window="1h", as_of=END).to_pylist()

    idle = next(row for row in rows if row["judgments"] == 0)
    assert (idle["agreement"], idle["cost"], idle["known_accuracy"]) == (None, None, None)
    assert "agreement: no judgment has a peer yet" in idle["why"]
    assert "known_accuracy: no item with a known answer yet" in idle["why"]
    assert any(row["why"] and row["why"].startswith("state: ") for row in rows)


def test_queues_and_vendors_add_up_as_the_queue_command_says(tables, invoke):
    queues, vendors, raters = (table.to_pylist() for table in (tables.queues(), tables.vendors(), tables.raters()))

    assert [row["queue"] for row in queues] == sorted({row["queue"] for row in queues})
    for row in queues:
        told = json.loads(invoke(queue, row["queue"], "--json").stdout)
        parts = [vendor for vendor in vendors if vendor["queue"] == row["queue"]]
        assert row["judgments"] == told["windows"]["lifetime"]["judgments"] == sum(one["judgments"] for one in parts)
        assert row["raters"] == sum(one["raters"] for one in parts) == sum(told["raters_by_state"].values())
        assert row["vendors"] == len(parts)
        mine = [one for one in raters if one["queue"] == row["queue"] and not one["training"]]
        assert row["judgments"] == sum(one["judgments"] for one in mine)
        costs = [one["cost"] for one in parts]
        if row["currency"] is None:
            assert row["cost"] is None
            assert "several currencies" in row["why"]
        else:
            assert row["cost"] == pytest.approx(sum(costs))


def test_findings_are_those_that_are_open(tables, crowd):
    found = {row["finding"]: row for row in tables.findings().to_pylist()}

    expected = [finding for stage in crowd.rater_stages for finding in stage.findings.values()]
    assert found.keys() == {finding.id for finding in expected}
    for finding in expected:
        row = found[finding.id]
        assert (row["rater"], row["detector"], row["nats"]) == (finding.rater_id, finding.detector, finding.nats)
        assert row["opened_at"].timestamp() * 1000 == finding.opened_at


def test_days_of_a_raters_history_add_up_to_the_lifetime_of_three_days(tables, crowd):
    who = next(row for row in tables.raters().to_pylist() if row["judgments"] > 100)

    rows = [row for row in tables.history(who["rater"]).to_pylist() if row["queue"] == who["queue"]]
    days = [row for row in rows if row["step"] == "1d" and row["training"] == who["training"]]
    assert sum(row["judgments"] for row in days) == who["judgments"]
    assert sum(row["cost"] or 0 for row in days) == pytest.approx(who["cost"])
    assert [row["begins_at"] for row in days] == sorted(row["begins_at"] for row in days)
    assert {row["step"] for row in rows} == {"5min", "1h", "1d"}
    assert tables.history("nobody").num_rows == 0


def test_a_backtest_gives_the_tables_of_the_deployment(tables, kept, crowd):
    who = next(iter(tables.raters().to_pylist()))["rater"]

    def rows(table):
        return sorted(table.to_pylist(), key=str)

    assert rows(kept.raters(window="7d")) == rows(tables.raters(window="7d", as_of=END))
    assert rows(kept.vendors()) == rows(tables.vendors())
    assert rows(kept.findings()) == rows(tables.findings())
    assert rows(kept.history(who)) == rows(tables.history(who))


def test_of_a_restricted_rater_nothing_is_told(crowd):
    who = next(finding.rater_id for stage in crowd.rater_stages for finding in stage.findings.values())
    source = BacktestSource(crowd.rater_stages, 0)
    key = next(
        key
        for shard in source._shards
        for table in shard.tables.by_width.values()
        for key, slot in table.slot_of.items()
        if table.profiles[slot].rater_id == who
    )
    silenced = [
        type(shard)(shard.shard, shard.tables, shard.findings, frozenset([key[:8]])) for shard in source._shards
    ]
    source._shards = silenced
    tables = Tables(source)

    assert who not in tables.raters()["rater"].to_pylist()
    assert who not in tables.findings()["rater"].to_pylist()
    assert tables.history(who).num_rows == 0


def test_exposure_is_in_no_table(tables):
    names = [*tables.raters().schema.names, *tables.vendors().schema.names, *tables.queues().schema.names]

    assert not [name for name in names if "exposure" in name or "sensitive" in name]


async def test_it_answers_inside_a_running_event_loop(tables):
    assert tables.queues().num_rows > 0


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda tables: tables.raters(window="2h"), "no window '2h'"),
        (lambda tables: tables.queues(window="last50"), "no list of their latest"),
        (lambda tables: tables.raters(as_of=datetime(2026, 1, 5)), "needs a time zone"),  # noqa: DTZ001
    ],
)
def test_a_question_that_has_no_answer_says_what_to_ask(tables, ask, message):
    with pytest.raises(InputError, match=message):
        ask(tables)


def test_tables_turn_into_frames_of_pandas(tables):
    frame = tables.vendors().to_pandas()

    assert frame["judgments"].sum() == sum(tables.vendors()["judgments"].to_pylist())


def test_without_an_address_the_environment_says_where(store, monkeypatch):
    asked = []
    monkeypatch.setenv("RATERWATCH_REDIS", "redis://reader@elsewhere:6379")
    monkeypatch.setenv("RATERWATCH_PARTITIONS", "2")
    monkeypatch.setattr("stream.read.source.open_store", lambda access: asked.append(access.url) or store)

    assert read.queues().num_rows > 0
    assert read.connect("redis://here:1").findings().num_rows > 0
    assert asked == ["redis://reader@elsewhere:6379", "redis://here:1"]
