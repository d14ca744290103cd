import csv
import json

import msgspec
import pytest
from click.testing import CliRunner

from stream.commands.backtest import backtest
from stream.errors import SettingsError
from stream.events import Finding
from stream.intake.pseudonyms import PseudonymKey, looks_like_pseudonym
from tests.unit.backtest.test_run import crowd
from tests.unit.intake.readers.exporting import EXPORTS

FILES = ["findings.jsonl", "items.csv", "raters.csv", "report.html", "report.json", "snapshots.csv"]
RATERS = (
    "rater_id,queue,vendor,judgments,agreement,agreement_low,agreement_high,gold_judgments,gold_accuracy,"
    "median_duration_ms,fast_share,suspicion,state,first_suspect_at,reasons,accuracy,accuracy_low,"
    "accuracy_high,informativeness"
)


@pytest.fixture
def crowd_file(tmp_path):
    path = tmp_path / "crowd.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item_id", "rater_id", "label", "gold", "duration_ms"])
        for event in crowd(900, seed=7):
            label = "b" if event.rater_id == "r1" else event.label
            writer.writerow([event.item_id, event.rater_id, label, event.gold, event.duration_ms])
    return path


@pytest.fixture
def run(crowd_file, tmp_path):
    def invoke(*arguments, file=crowd_file, out="report"):
        return CliRunner().invoke(backtest, [str(file), "--out", str(tmp_path / out), *arguments])

    return invoke


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_files_and_a_summary_are_written(run, tmp_path):
    result = run("--snapshots", "40,5,10")

    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == FILES
    raters, snapshots = rows(tmp_path / "report" / "raters.csv"), rows(tmp_path / "report" / "snapshots.csv")
    assert (tmp_path / "report" / "raters.csv").read_text().splitlines()[0] == RATERS
    assert len(raters) == 12
    assert [float(row["suspicion"]) for row in raters] == sorted(
        (float(row["suspicion"]) for row in raters), reverse=True
    )
    assert {row["n"] for row in snapshots} == {"5", "10", "40"}
    assert all(0 <= float(row["suspicion"]) <= 1 for row in [*raters, *snapshots])
    findings = (tmp_path / "report" / "findings.jsonl").read_bytes().splitlines()
    opened = {msgspec.json.decode(line, type=Finding).rater_id for line in findings}
    assert "r1" in opened
    assert {row["rater_id"] for row in raters if row["first_suspect_at"]} == opened
    for word in ("900 records, 12 raters in 1 queue", "r1: ", "unrelated_to_peers: On", "second apart"):
        assert word in result.output


def test_unknown_is_an_empty_cell(run, tmp_path):
    file = tmp_path / "one.csv"
    file.write_text("item_id,rater_id,label\nx,ann,a\n")
    run(file=file)

    [row] = rows(tmp_path / "report" / "raters.csv")
    empty = ("agreement", "agreement_low", "gold_accuracy", "median_duration_ms", "fast_share", "first_suspect_at")
    assert [row[name] for name in empty] == [""] * len(empty)


def test_the_same_file_gives_the_same_bytes(run, tmp_path):
    for out in ("one", "two"):
        run("--snapshots", "5", out=out)

    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_json_summary_is_all_of_standard_output(run):
    summary = json.loads(run("--json").stdout)

    assert (summary["records"], summary["raters"], summary["refused"]) == (900, 12, {})
    assert sum(summary["states"].values()) == 12
    assert summary["findings_opened"] >= 1
    assert summary["exports"] == []


def test_what_was_left_out_of_a_tools_export_stands_in_the_json_too(run):
    file = EXPORTS / "label_studio.json"
    [export] = json.loads(run("--json", file=file).stdout)["exports"]
    assert (export["title"], export["question"], export["files"]) == ("Label Studio, JSON", "sentiment", 1)
    assert export["left_out"] == {"annotations without an answer to the question": 1}


def test_refusals_and_labels_in_other_are_told(run, tmp_path):
    queues = tmp_path / "queues.toml"
    queues.write_text('[queues.default]\nlabels = ["a", "c"]\n[vendors.known]\n')
    refused = json.loads(run("--queues", str(queues), "--json").stdout)["refused"]
    assert refused == {"unknown_vendor": {"times": 900, "first_record": 1}}

    queues.write_text('[queues.default]\nlabels = ["a", "c"]\n')
    shown = run("--queues", str(queues)).output
    assert 'labels in queue default fell in "other"' in shown
    assert "known answers in queue default were left out" in shown


def test_rater_ids_stay_as_they_are_unless_a_key_makes_pseudonyms(run, tmp_path):
    key = tmp_path / "key"
    PseudonymKey.create(str(key))
    run("--pseudonym-key", str(key), out="hidden")
    run(out="plain")

    assert all(looks_like_pseudonym(row["rater_id"]) for row in rows(tmp_path / "hidden" / "raters.csv"))
    assert {row["rater_id"] for row in rows(tmp_path / "plain" / "raters.csv")} == {f"r{n}" for n in range(12)}


def test_a_policy_file_changes_who_is_flagged(run, tmp_path):
    policy = tmp_path / "policy.toml"
    off = ("known_answers", "unrelated_to_peers", "constant_answer", "known_against_rest", "inverted", "low_skill")
    policy.write_text("[detectors]\n" + "".join(f"{name}.on = false\n" for name in (*off, "changed")))

    assert json.loads(run("--json").stdout)["findings_opened"] > 0
    assert json.loads(run("--json", "--policy", str(policy)).stdout)["findings_opened"] == 0
    policy.write_text("least_skored = 3")
    assert isinstance(run("--policy", str(policy)).exception, SettingsError)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--column", "unit"], "write our name, =, and the file's: item_id=unit"),
        (["--column", "unit=item_id"], "'unit' is no column of ours; there are judgment_id, item_id"),
        (["--snapshots", "5,ten"], "write counts of judgments such as 5,10,20,40"),
        (["--partitions", "0"], "0 is not in the range"),
    ],
)
def test_wrong_usage_says_what_to_write(run, arguments, message):
    result = run(*arguments)

    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_help_shows_an_example(run):
    assert "raterwatch backtest judgments.csv --out report/" in CliRunner().invoke(backtest, ["--help"]).output
