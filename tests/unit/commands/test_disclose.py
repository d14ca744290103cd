import asyncio
import json

import msgspec
import pytest
from click.testing import CliRunner

from stream.commands import disclose as disclosing
from stream.commands.case_holder import CasesInMemory
from stream.commands.disclose import disclose
from stream.commands.held_answers import held_answers
from stream.commands.options import Servers
from stream.events import Judgment
from stream.settings import Settings
from tests.unit.commands.conftest import kafka_is_away


@pytest.fixture
def accused(crowd):
    """A rater with an open finding."""
    stages = crowd.rater_stages
    return next(found.rater_id for stage in stages for found in stage.findings.values())


@pytest.fixture
def topics(crowd, monkeypatch, accused):
    finding = next(f for stage in crowd.rater_stages for f in stage.findings.values() if f.rater_id == accused)
    shared = msgspec.json.encode(msgspec.structs.replace(finding, partner="0123456789abcdef"))
    values = {
        "judgments": [record.value for log in crowd.logs for record in log],
        "findings": [shared],
        "judgments.rejected": [f'{{"rater_id": "{accused}", cut off'.encode(), None],
    }
    monkeypatch.setattr(disclosing, "values_of", lambda settings, topic: iter(values[topic]))
    return values


@pytest.fixture
def written(store, tmp_path, topics, accused):
    cases = CasesInMemory(cases={accused: {"case 17": "open"}})
    servers = Servers(open_store=lambda access: store, broker_versions=kafka_is_away, cases=lambda: cases)
    result = CliRunner().invoke(disclose, [accused, "--out", str(tmp_path / "held.json")], obj=servers)
    assert result.exit_code == 0, result.exception
    return tmp_path


def judged(crowd, rater_id):
    values = [record.value for log in crowd.logs for record in log[1:] if rater_id.encode() in record.value]
    tagged = [(value, msgspec.json.decode(value)) for value in values]
    return [msgspec.json.decode(value, type=Judgment) for value, tree in tagged if tree["type"] == "judgment"]


def test_it_holds_everything_there_is_and_nothing_of_others(written, crowd, accused):
    text = (written / "held.json").read_text()
    held = json.loads(text)
    sent = [one for one in held["judgments_as_sent"] if one.get("type", "judgment") == "judgment"]
    assert len(sent) == len(judged(crowd, accused))
    assert sum(queue["windows"]["lifetime"]["judgments"] for queue in held["queues"]) > 0
    assert [queue["findings"] for queue in held["queues"] if queue["findings"]]
    assert all("exposure_seconds" in queue and queue["latest_judgments"] for queue in held["queues"])
    assert held["findings_as_published"][0]["rater_id"] == accused
    assert held["refused_records"] == [f'{{"rater_id": "{accused}", cut off']
    assert held["cases"] == {"case 17": "open"}
    assert {one["name"] for one in held["where"]} >= {"answers on items", "open findings"}
    others = {truth.rater_id for truth in crowd.truth} - {accused}
    assert not [other for other in others if other in text]
    assert "0123456789abcdef" not in text, "who a partner is stays with us"


def test_the_page_says_it_in_words(written, accused):
    page = (written / "held.md").read_text()
    assert f"# What is held of {accused}" in page
    assert "**Open finding** since" in page
    assert "| answers on items | items, golds |" in page


def test_only_the_owner_may_read_the_files(written):
    assert {(written / name).stat().st_mode & 0o777 for name in ("held.json", "held.md")} == {0o600}


def test_answers_on_items_are_those_that_were_given(store, crowd, accused):
    found = asyncio.run(held_answers(store, Settings(partitions=2), accused))
    given = {event.judgment_id for event in judged(crowd, accused)}
    assert len(found) == len(given)
    standing = [answer for answer in found if not answer.withdrawn]
    times = {int(event.submitted_at) for event in judged(crowd, accused)}
    assert {answer.submitted_at for answer in standing} <= times
    assert {answer.queue for answer in found} == {event.queue for event in judged(crowd, accused)}
