"""An alert's whole way at the pace of production: judgments in Kafka, worker, Prometheus, Alertmanager, message."""

import json
import signal
from collections.abc import Iterator

import pytest

from alerts.deployment import Pace
from tests.integration.alerts.crowds import LABELS, Rater, Work, mixed
from tests.integration.alerts.scene import Scene, scene, until
from tests.integration.alerts.tipping import QUEUES, seconds_to_message, tell, tip
from tests.unit.telemetry.reading import samples

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
RATER_ALERTS = ("RaterCritical", "RaterNeedsReview", "SharedAnswersNeedReview")


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(
        tmp_path_factory.mktemp("alerts"), Pace(), *QUEUES, "spoilt", "known", "storm", "whole", "place"
    ) as made:
        yield made


def test_a_message_names_each_rater_and_gathers_those_of_a_queue(production: Scene) -> None:
    tipping = tip(production)
    took = sorted(seconds_to_message(production, tipping))
    tell("production", took)
    for first, second in tipping.values():
        [together, *_] = production.messages(naming=second.name)
        assert first.name in json.dumps(together.body), "the second one of a queue comes with the first"
    assert production.messages(resolved=True) == []


def test_a_worker_that_is_killed_clears_nobody(production: Scene) -> None:
    before = {labels["rater"] for alert in RATER_ALERTS for labels in production.firing(alert)}
    assert len(before) >= 2 * len(QUEUES)
    production.deployment.signal(signal.SIGKILL)
    until(lambda: production.query("up{job='raterwatch'} == 0"), "Prometheus to miss the worker")
    evaluated = production.query("max(prometheus_rule_group_iterations_total)") or [0.0]
    until(lambda: not production.query("raterwatch_rater_suspect"), "the worker's series to be gone")
    gone = len(production.recorder.messages)
    # The heartbeat comes from a rule: another one shows that rules were evaluated and messages sent meanwhile.
    until(lambda: [m for m in production.recorder.messages[gone:] if m.channel == "heartbeat"], "a heartbeat")
    assert {labels["rater"] for alert in RATER_ALERTS for labels in production.firing(alert)} == before, evaluated
    production.deployment.stop()
    production.start_worker()
    until(lambda: production.query("up{job='raterwatch'} == 1"), "Prometheus to see the worker again")
    assert production.messages(resolved=True) == []


def test_a_partition_that_moves_to_and_fro_clears_nobody(production: Scene) -> None:
    before = {labels["rater"] for alert in RATER_ALERTS for labels in production.firing(alert)}
    assert before
    missing: set[str] = set()

    def settled(owners: int) -> bool:
        told = {labels["rater"] for alert in RATER_ALERTS for labels in production.firing(alert)}
        missing.update(before - told)
        shards = production.query("sum by (instance) (raterwatch_shards{state='running'}) > 0")
        return len(shards) == owners and sum(shards) == 4

    with production.second_worker() as other:
        until(lambda: settled(2), "both workers to have partitions")
        until(lambda: len(production.query("count by (instance) (raterwatch_rater_suspect == 1)")) == 2, "both to tell")
        other.signal(signal.SIGKILL)
        until(lambda: settled(1), "the first worker to have all again")
    assert missing == set()
    assert production.messages(resolved=True) == []


def test_a_page_is_triggered_and_resolved_under_one_key(production: Scene) -> None:
    work, honest = Work("spoilt"), [Rater("zenith") for _ in range(6)]
    constant = [Rater("acme", "constant") for _ in range(2)]
    production.send(work.items(150, (honest, 3), (constant, 2)))
    [page] = until(lambda: production.pages("spoilt"), "a page")
    assert page.body["event_action"] == "trigger"
    assert page.body["payload"]["severity"] == "critical"
    for found in production.findings():
        if found.queue == "spoilt":
            verdict = {"type": "verdict", "finding_id": found.id, "rater_id": found.rater_id, "queue": "spoilt"}
            production.send([verdict | {"verdict": "confirmed", "by": "desk"}])
    until(lambda: production.pages("spoilt")[-1].resolved, "the page to be over")
    assert {message.body["dedup_key"] for message in production.pages("spoilt")} == {page.body["dedup_key"]}


def test_a_corrected_known_answer_clears_what_it_caused_and_lowers_no_counter(production: Scene) -> None:
    work, honest, rater = Work("known"), [Rater("zenith") for _ in range(5)], Rater("north")
    production.send(work.items(100, ([*honest, rater], 6)))
    production.send(
        work.judgment(one, f"fine-{n}", LABELS[n % 3], gold=LABELS[n % 3]) for n in range(30) for one in honest
    )
    production.send(work.judgment(rater, f"known-{n}", LABELS[1]) for n in range(16))
    production.send(work.gold(f"known-{n}", LABELS[0], 1) for n in range(16))
    until(lambda: production.messages(naming=rater.name), "a message that names the rater")
    before = samples(production.deployment.scrape())
    production.send(work.gold(f"known-{n}", LABELS[1], 2) for n in range(16))
    until(lambda: not any(production.firing(alert, rater=rater.name) for alert in RATER_ALERTS), "the alerts to end")
    until(lambda: production.messages(naming=rater.name, resolved=True), "the message that it is over")
    after = samples(production.deployment.scrape())
    fell = [key for key, value in before.items() if key[0].endswith(("_total", "_count")) and after.get(key, 0) < value]
    assert fell == []


def test_a_storm_is_one_alert_about_the_queue_and_none_about_raters(production: Scene) -> None:
    raters = mixed(("acme", "zenith", "north"), 10, 4)
    work = Work("storm")
    events = list(work.items(100, (raters, 5)))
    for n in range(200):
        events += work.known_item(f"known-{n}", LABELS[n % 3], raters, 5)
    production.send(events)
    until(
        lambda: production.messages(naming="QueueGuidelineSuspect") or production.messages(naming="storm"), "a message"
    )
    until(lambda: production.firing("QueueRaterAlertsHeld", queue="storm"), "the hold")
    told = production.messages("escalation", naming="storm")
    assert {alert["labels"]["alertname"] for message in told for alert in message.body["alerts"]} == {
        "QueueGuidelineSuspect"
    }
    assert len(told) == 1
    wrong = [rater.name for rater in raters if rater.habit == "swapped"]
    assert sum(bool(production.firing("RaterNeedsReview", rater=name)) for name in wrong) >= 8, "flagged all the same"
    mentioned = len(production.recorder.messages)
    until(lambda: [m for m in production.recorder.messages[mentioned:] if m.channel == "heartbeat"], "a heartbeat")
    assert [name for name in wrong if production.messages(naming=name)] == []
    assert production.pages("storm") == []
    assert production.firing("VendorNeedsReview", queue="storm") == []


def test_one_vendor_while_the_others_agree_needs_review(production: Scene) -> None:
    raters = mixed(("acme",), 12, 6) + mixed(("zenith", "north"), 10, 0)
    production.send(Work("whole").items(300, (raters, 5)))
    [message, *_] = until(lambda: production.messages("escalation", naming="whole"), "a message")
    assert message.body["commonLabels"]["alertname"] == "VendorNeedsReview"
    assert message.body["commonLabels"]["vendor"] == "acme"
    assert "site" not in message.body["commonLabels"]
    assert production.firing("QueueGuidelineSuspect", queue="whole") == []


def test_one_site_while_the_others_agree_needs_review_and_is_named(production: Scene) -> None:
    raters = mixed(("acme",), 12, 6, "manila") + mixed(("acme",), 16, 0, "cebu") + mixed(("zenith", "north"), 10, 0)
    production.send(Work("place").items(400, (raters, 5)))
    [message, *_] = until(lambda: production.messages("escalation", naming="manila"), "a message")
    assert message.body["commonLabels"]["alertname"] == "VendorNeedsReview"
    assert message.body["commonLabels"]["vendor"] == "acme"
    assert message.body["commonLabels"]["site"] == "manila"
    assert "acme, site manila, on place needs review" in message.body["commonAnnotations"]["summary"]
    assert production.firing("QueueGuidelineSuspect", queue="place") == []
    assert [found for found in production.firing("VendorNeedsReview", queue="place") if "site" not in found] == []
