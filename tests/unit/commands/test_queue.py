import json
from collections import Counter

from stream.commands.queue import queue
from stream.errors import InputError
from stream.quality.schema import Column


def test_a_queues_windows_sum_all_raters_of_all_shards(invoke, crowd):
    expected = Counter()
    for stage in crowd.rater_stages:
        for table in stage.tables.values():
            for slot in table.slots():
                if table.profiles[slot].rater_id and not table.rows.hot["training"][slot]:
                    expected[table.profiles[slot].queue] += int(table.rows.life[slot, Column.JUDGMENTS])
    found = json.loads(invoke(queue, "--json").stdout)
    assert {one["queue"]: one["windows"]["lifetime"]["judgments"] for one in found} == expected


def test_vendors_add_up_to_their_queue(invoke):
    for one in json.loads(invoke(queue, "--json").stdout):
        parts = [vendor["lifetime"]["judgments"] for vendor in one["vendors"].values()]
        assert sum(parts) == one["windows"]["lifetime"]["judgments"]
        assert len(parts) > 1


def test_one_queue_is_shown_with_vendors_labels_and_raters(invoke, crowd):
    result = invoke(queue, "sentiment")
    assert result.exit_code == 0, result.output
    for word in ("Vendors", "agreement", "needs review", "answers, in all", *crowd.queues.queues["sentiment"].labels):
        assert word in result.output
    assert "suspect" not in result.output


def test_raters_of_the_queue_come_most_in_need_first_and_from_nowhere_else(invoke):
    found = json.loads(invoke(queue, "sentiment", "--json", "--raters", 3).stdout)
    assert len(found["raters"]) == 3
    assert {rater["queue"] for rater in found["raters"]} == {"sentiment"}
    assert sum(found["raters_by_state"].values()) > 3


def test_all_queues_are_listed(invoke, crowd):
    output = invoke(queue).output
    known = {queue.name for stage in crowd.rater_stages for queue in stage.queues.values()}
    assert len(known) > 3
    assert all(name in output for name in known)


def test_an_unknown_queue_names_the_known_ones(invoke):
    error = invoke(queue, "nowhere").exception
    assert isinstance(error, InputError)
    assert "sentiment" in str(error)


def test_a_queue_says_whether_copying_could_be_told_and_which_known_answers_are_suspect(invoke, crowd):
    found = {one["queue"]: one["told"] for one in json.loads(invoke(queue, "--json").stdout)}
    known = Counter()
    for stage in crowd.item_stages:
        for name, reading in stage.readings().items():
            known[name] += reading.known_items
    assert {name: told["known_items"] for name, told in found.items() if told["known_items"] is not None} == {
        name: known[name] for name in found if found[name]["known_items"] is not None
    }
    assert any(known.values())
    for name, told in found.items():
        labels = crowd.queues.queues[name].labels
        shown = " ".join(invoke(queue, name).output.split())
        assert told["copying"]["sentence"]["text"] in shown
        assert len(labels) > 2 or not told["copying"]["can_tell"]
        assert "known answers:" in shown
        assert "level:" in shown


def test_the_policy_of_the_deployment_says_how_much_evidence_a_queue_asks_for(invoke, tmp_path, monkeypatch):
    policy = tmp_path / "policy.toml"
    policy.write_text("[budget]\nhonest_ticketed_per_10000_rater_weeks = 1000.0\n")
    usual = json.loads(invoke(queue, "sentiment", "--json").stdout)["answers_to_detect"]
    monkeypatch.setenv("RATERWATCH_POLICY_FILE", str(policy))
    eager = json.loads(invoke(queue, "sentiment", "--json").stdout)["answers_to_detect"]
    known = [kind for kind in usual if usual[kind] is not None]
    assert known
    assert all(eager[kind] < usual[kind] for kind in known)
