import csv
import json

import msgspec
import pytest
from click.testing import CliRunner

from stream.cli import root
from stream.errors import InputError, SettingsError
from stream.events import Judgment
from stream.intake.queues_file import load_settings

FILES = ["judgments.jsonl", "queues.toml", "truth_items.csv", "truth_raters.csv"]


@pytest.fixture
def simulate(tmp_path):
    def run(*arguments, out="crowd", judgments=2_000):
        size = ["--judgments", str(judgments), "--raters", "60"]
        return CliRunner().invoke(root, ["simulate", "--out", str(tmp_path / out), *size, *arguments])

    return run


def test_a_folder_holds_events_both_truths_and_the_queues(simulate, tmp_path):
    result = simulate()

    assert result.exit_code == 0, result.output
    folder = tmp_path / "crowd"
    assert sorted(file.name for file in folder.iterdir()) == FILES
    events = [msgspec.json.decode(line) for line in (folder / "judgments.jsonl").read_bytes().splitlines()]
    judged = {event["item_id"] for event in events if event["type"] == "judgment"}
    with (folder / "truth_items.csv").open() as file:
        assert {row["item_id"] for row in csv.DictReader(file)} == judged
    with (folder / "truth_raters.csv").open() as file:
        raters = list(csv.DictReader(file))
    assert {row["bad"] for row in raters} == {"true", "false"}
    assert {event["queue"] for event in events} <= set(load_settings(folder / "queues.toml").queues)


def test_the_table_names_each_behaviour_and_what_was_written(simulate):
    output = simulate().output

    assert "…" not in output
    for word in ("careful", "copier", "raters", "accuracy", "truth_raters.csv", "adjudications"):
        assert word in output


def test_the_json_summary_is_all_of_standard_output(simulate):
    result = simulate("--json", "--seed", "3")
    summary = json.loads(result.stdout)

    assert summary["seed"] == 3
    assert summary["events"]["judgment"] >= 2_000
    assert sum(line["raters"] for line in summary["behaviours"]) <= 60


def test_the_same_seed_writes_the_same_files(simulate, tmp_path):
    for out in ("one", "two"):
        assert simulate("--seed", "9", out=out).exit_code == 0

    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_files_of_an_earlier_run_stay_unless_forced(simulate, tmp_path):
    simulate("--seed", "1")
    before = (tmp_path / "crowd" / "judgments.jsonl").read_bytes()

    refused = simulate("--seed", "2")
    assert isinstance(refused.exception, InputError)
    assert "--force" in str(refused.exception)
    assert (tmp_path / "crowd" / "judgments.jsonl").read_bytes() == before

    assert simulate("--seed", "2", "--force").exit_code == 0
    assert (tmp_path / "crowd" / "judgments.jsonl").read_bytes() != before


def test_behaviours_are_shares_and_the_rest_is_careful(simulate):
    summary = json.loads(simulate("--behaviours", "random=0.1,lazy=0.05", "--json", judgments=6_000).stdout)

    assert {line["behaviour"]: line["raters"] for line in summary["behaviours"]} == {
        "careful": 51,
        "random": 6,
        "lazy": 3,
    }


def test_a_plain_world_has_golds_only_when_asked_for(simulate, tmp_path):
    def golds(*arguments):
        simulate("--plain", "--force", *arguments)
        lines = (tmp_path / "crowd" / "judgments.jsonl").read_bytes().splitlines()
        return sum(msgspec.json.decode(line, type=Judgment).gold is not None for line in lines)

    assert golds() == 0
    assert golds("--golds", "0.5") > 250


def test_the_work_begins_on_the_day_asked_for(simulate, tmp_path):
    assert simulate("--start", "2026-03-02").exit_code == 0

    first = (tmp_path / "crowd" / "judgments.jsonl").read_bytes().splitlines()[0]
    event = msgspec.json.decode(first)
    assert 1_772_409_600_000 <= event.get("submitted_at", event.get("at")) < 1_772_496_000_000


@pytest.mark.parametrize(
    ("mix", "says"),
    [
        ("clever=0.1", "no behaviour is called 'clever'; there are careful"),
        ("random", "write random=0.05"),
        ("random=0.7,lazy=0.5", "together at most 1"),
        ("random=-0.1", "0 or more"),
        ("random=nan", "0 or more"),
    ],
)
def test_a_wrong_mix_is_refused_in_words(simulate, tmp_path, mix, says):
    result = simulate("--behaviours", mix)

    assert result.exit_code == 2
    assert says in result.output.replace("\n", " ")
    assert not (tmp_path / "crowd").exists()


def test_a_crowd_that_cannot_be_filled_is_refused_before_anything_is_written(simulate, tmp_path):
    result = simulate("--raters", "3")

    assert isinstance(result.exception, SettingsError)
    assert "ask for at least 6 raters" in str(result.exception)
    assert not (tmp_path / "crowd").exists()


def test_a_folder_that_cannot_be_made_is_named(simulate, tmp_path):
    (tmp_path / "crowd").write_text("a file")

    assert "crowd" in simulate("--force").output
    (tmp_path / "crowd").unlink()
    assert isinstance(simulate(out="x" * 300).exception, InputError)


def test_help_shows_an_example(simulate):
    assert "raterwatch simulate --judgments 200000" in CliRunner().invoke(root, ["simulate", "--help"]).output
