import json

import pytest

from stream.commands.rater import rater
from stream.errors import InputError
from stream.state.memory_store import MemoryStore


@pytest.fixture
def flagged(crowd):
    """A rater with an open finding, and the finding."""
    finding = next(finding for stage in crowd.rater_stages for finding in stage.findings.values() if finding.evidence)
    return finding.rater_id, finding


def test_a_rater_who_needs_review_is_shown_with_the_reason_and_its_evidence(invoke, flagged):
    rater_id, finding = flagged
    result = invoke(rater, rater_id, "--queue", finding.queue)

    assert result.exit_code == 0, result.output
    shown = " ".join(result.output.split())
    assert "needs review" in shown
    assert finding.sentence.text in shown
    for evidence in finding.evidence:
        assert evidence.item_id in result.output
    assert "suspect" not in result.output.lower()


def test_json_has_every_window_with_intervals_and_label_names(invoke, flagged):
    rater_id, finding = flagged
    found = json.loads(invoke(rater, rater_id, "--json").stdout)

    assert found["rater"] == rater_id
    [queue] = [queue for queue in found["queues"] if queue["queue"] == finding.queue and not queue["training"]]
    assert list(queue["windows"]) == ["last50", "1h", "24h", "7d", "lifetime"]
    assert queue["state"] == "suspect"
    assert finding.sentence.text in queue["reasons"]
    lifetime = queue["windows"]["lifetime"]
    assert 0 <= lifetime["agreement"]["low"] <= lifetime["agreement"]["value"] <= lifetime["agreement"]["high"] <= 1
    assert sum(lifetime["label_mix"].values()) >= lifetime["judgments"]
    assert [one["id"] for one in queue["findings"]].count(finding.id) == 1


def test_a_persons_exposure_is_nowhere(invoke, flagged):
    for arguments in ([], ["--json"]):
        assert "exposure" not in invoke(rater, flagged[0], *arguments).output


def test_windows_as_of_the_latest_judgment_hold_the_work_of_that_day(invoke, flagged):
    rater_id, finding = flagged

    def day(*arguments):
        queues = json.loads(invoke(rater, rater_id, "--queue", finding.queue, "--json", *arguments).stdout)["queues"]
        return queues[0]["windows"]["24h"]["judgments"]

    assert day() == 0
    assert day("--as-of", "latest") > 0
    assert "--as-of latest" in invoke(rater, rater_id).output


def test_a_malformed_moment_is_refused_as_wrong_usage(invoke, flagged):
    result = invoke(rater, flagged[0], "--as-of", "yesterday")
    assert result.exit_code == 2
    assert "now, latest, or a time with offset" in result.output


def test_an_unknown_pseudonym_is_named(invoke):
    error = invoke(rater, "rz3-222222222222").exception
    assert isinstance(error, InputError)
    assert "rz3-222222222222" in str(error)


def test_a_raw_id_is_not_repeated_and_told_how_to_become_a_pseudonym(invoke):
    error = invoke(rater, "ann@example.org").exception
    assert isinstance(error, InputError)
    assert "raterwatch pseudonym" in str(error)
    assert "ann" not in str(error)


def test_a_queue_where_the_rater_never_judged_names_those_with_judgments(invoke, flagged):
    rater_id, finding = flagged
    error = invoke(rater, rater_id, "--queue", "nowhere").exception
    assert finding.queue in str(error)


def test_a_rater_in_training_is_measured_and_never_flagged(invoke, crowd):
    trainees = [
        table.profiles[slot].rater_id
        for stage in crowd.rater_stages
        for table in stage.tables.values()
        for slot in table.slots()
        if table.rows.hot["training"][slot]
    ]
    found = json.loads(invoke(rater, trainees[0], "--json").stdout)
    [training, *_] = [queue for queue in found["queues"] if queue["training"]]
    assert training["unknown_why"] == "in training: measured, never a finding"
    assert training["findings"] == []


def test_a_server_that_does_not_answer_is_said_in_one_line(invoke, flagged):
    away = MemoryStore()
    away.down = True
    assert "told to be down" in str(invoke(rater, flagged[0], store=away).exception)


def test_what_stands_beside_is_shown_with_what_it_rests_on(invoke, flagged):
    rater_id, finding = flagged
    queues = json.loads(invoke(rater, rater_id, "--queue", finding.queue, "--json").stdout)["queues"]
    [told] = [one["corroboration"] for one in queues if not one["training"]]
    assert {one["name"] for one in told} & {"fast", "metronomic"}
    shown = " ".join(invoke(rater, rater_id, "--queue", finding.queue).output.split())
    assert "never enough by itself" in shown
    for one in told:
        assert one["sentence"]["text"] in shown
        assert f"n {one['n']:,} against {one['others']:,} of others" in shown


def test_what_the_policy_turns_off_is_not_shown(invoke, flagged, tmp_path, monkeypatch):
    policy = tmp_path / "policy.toml"
    policy.write_text("[detectors]\nfast.on = false\n")
    monkeypatch.setenv("RATERWATCH_POLICY_FILE", str(policy))
    queues = json.loads(invoke(rater, flagged[0], "--json").stdout)["queues"]
    assert all(one["name"] != "fast" for told in queues for one in told["corroboration"])
