import csv
import json

import pytest
from click.testing import CliRunner

from stream.commands.backtest import backtest
from stream.report.items_file import ItemRow
from tests.unit.backtest.test_run import crowd

FILES = ["items.csv", "items.parquet", "report.html", "report.json"]
STRICT = "[budget]\nhonest_ticketed_per_10000_rater_weeks = 1e-20\nhonest_critical_per_10000_rater_weeks = 1e-21\n"


@pytest.fixture
def crowd_file(tmp_path):
    path = tmp_path / "crowd.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item_id", "rater_id", "label", "gold", "duration_ms", "vendor_id", "site"])
        for event in crowd(900, seed=7):
            label = "b" if event.rater_id == "r1" else event.label
            site = "Riga" if event.rater_id in {"r1", "r2"} else "Lima"
            writer.writerow([event.item_id, event.rater_id, label, event.gold, event.duration_ms, "v", site])
    return path


@pytest.fixture
def run(crowd_file, tmp_path):
    def invoke(*arguments, out="report"):
        result = CliRunner().invoke(backtest, [str(crowd_file), "--out", str(tmp_path / out), *arguments])
        assert result.exit_code == 0, result.output
        return result

    return invoke


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def report_of(folder):
    return json.loads((folder / "report.json").read_text())


def test_the_report_says_who_was_flagged_and_how_right_that_is(run, tmp_path):
    run("--least-golds", "6")

    report, [page] = report_of(tmp_path / "report"), list((tmp_path / "report").glob("*.html"))
    [r1] = [one for one in report["account"]["flagged"] if one["rater_id"] == "r1"]
    assert (r1["below_bar"], r1["needs_review"]) == (True, True)
    assert r1["reasons"][0]["sentence"].endswith("% come by chance.")
    assert [n for n, _ in r1["trail"]] == sorted({n for n, _ in r1["trail"]})
    assert len(r1["trail"]) > 4
    raters = rows(tmp_path / "report" / "raters.csv")
    assert report["account"]["scores"]["known"] == sum(int(row["gold_judgments"]) >= 6 for row in raters) > 6
    assert (report["about"]["truth"], report["about"]["truth_was_seen"]) == ("known answers", True)
    assert {group["name"] for group in report["account"]["groups"] if group["by"] == "site"} == {"Riga", "Lima"}
    assert "r1" in page.read_text()


def test_without_golds_the_detectors_are_blind_to_the_truth_they_are_held_against(run, tmp_path):
    run("--least-golds", "6", out="seen")
    run("--least-golds", "6", "--no-gold", out="blind")

    seen, blind = report_of(tmp_path / "seen"), report_of(tmp_path / "blind")
    assert blind["about"]["truth_was_seen"] is False
    assert blind["about"]["bars"] == seen["about"]["bars"]
    assert blind["account"]["scores"]["below_bar"] == seen["account"]["scores"]["below_bar"]


def test_a_file_of_truth_goes_before_known_answers(run, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("rater_id,bad\nr1,true\nr2,false\n")
    run("--truth", str(truth))

    about, account = report_of(tmp_path / "report")["about"], report_of(tmp_path / "report")["account"]
    assert about["truth"] == "file"
    assert (account["scores"]["known"], account["scores"]["below_bar"], account["scores"]["recall"]["value"]) == (
        2,
        1,
        1,
    )


def test_items_have_a_consensus_which_may_hang_on_a_flagged_rater(run, tmp_path):
    run()

    items = rows(tmp_path / "report" / "items.csv")
    assert list(items[0]) == list(ItemRow._fields)
    assert len(items) == 300
    assert {item["flips"] for item in items} <= {"true", "false", ""}
    assert any(item["flips"] == "true" and item["consensus"] != item["consensus_without"] for item in items)
    right = sum(item["consensus"] == "ab"[int(item["item_id"].split("-")[1]) % 2] for item in items)
    assert right > 270


def test_two_policies_are_compared_on_the_page_at_the_terminal_and_in_json(run, tmp_path):
    strict = tmp_path / "strict.toml"
    strict.write_text(STRICT)

    shown = run("--against", str(strict)).output
    assert "newly flagged" in shown
    assert "r1, default" in shown
    assert "Two policies side by side" in (tmp_path / "report" / "report.html").read_text()

    told = json.loads(run("--policy", str(strict), "--against", str(strict), "--json").stdout)["report"]["against"]
    assert told == {"newly": [], "cleared": [], "both": 0}
    loose = tmp_path / "loose.toml"
    loose.write_text("")
    told = json.loads(run("--policy", str(strict), "--against", str(loose), "--json").stdout)["report"]["against"]
    assert told["newly"] == []
    assert "r1" in {one["rater_id"] for one in told["cleared"]}


def test_comparing_changes_nothing_in_the_account_of_the_policy_itself(run, tmp_path):
    strict = tmp_path / "strict.toml"
    strict.write_text(STRICT)
    run(out="alone")
    run("--against", str(strict), out="both")

    assert report_of(tmp_path / "alone")["account"] == report_of(tmp_path / "both")["account"]


def test_the_same_file_gives_the_same_bytes(run, tmp_path):
    for out in ("one", "two"):
        run(out=out)

    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
