import msgspec
import pytest
from sqlalchemy import select

from alerts.escalation.cases.actions import Clear, Close, Confirm, OpenEvidence, Triage
from alerts.escalation.errors import NotThere
from alerts.escalation.store.reading import alerts_of
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.work.take_alerts import Payload, take_alerts
from tests.escalation_world import ANA, DORA, LEE, WHY, World


def payload(*alerts: dict[str, object]) -> Payload:
    """As Alertmanager posts it, with all that it says beside what we read."""
    whole = {"version": "4", "receiver": "escalation", "status": "firing", "groupLabels": {}, "alerts": list(alerts)}
    return msgspec.json.decode(msgspec.json.encode(whole), type=Payload)


def alert(name: str, fingerprint: str = "f1", status: str = "firing", starts: str = "08:00", **labels: str) -> dict:  # type: ignore[type-arg]
    return {
        "status": status,
        "labels": {"alertname": name, "severity": "ticket", **labels},
        "annotations": {"summary": f"{name} needs review", "description": "Numbers."},
        "startsAt": f"2026-03-02T{starts}:00.123456789Z",
        "endsAt": "2026-03-02T09:00:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus",
        "fingerprint": fingerprint,
    }


LOW = {"kind": "queue", "queue": "toxicity"}
BELOW = {"kind": "vendor", "vendor": "alba"}


def take(world: World, *alerts: dict[str, object]) -> list[CaseRow]:
    with world.store.writing() as session:
        return take_alerts(session, world.contracts, payload(*alerts), world.now_ms)


def test_an_alert_opens_one_case_however_often_it_is_told(world: World) -> None:
    first = take(world, alert("QueueAgreementLow", **LOW), alert("VendorQualityBelowContract", "f2", **BELOW))
    again = take(world, alert("QueueAgreementLow", **LOW))
    assert [case.kind for case in first] == ["queue", "vendor"]
    assert again[0].id == first[0].id
    with world.store.reading() as session:
        assert len(session.scalars(select(CaseRow)).all()) == 2
        assert [row.name for row in alerts_of(session, again[0])] == ["QueueAgreementLow"]


def test_alerts_about_raters_and_the_pipeline_open_nothing(world: World) -> None:
    assert take(world, alert("RaterNeedsReview", kind="rater"), alert("StreamLagging", kind="pipeline")) == []


def test_an_alert_that_is_over_says_so_and_leaves_the_rest_to_people(world: World) -> None:
    case = take(world, alert("QueueAgreementLow", **LOW), alert("QueueAgreementLow", "f2", starts="08:10", **LOW))[0]
    take(world, alert("QueueAgreementLow", status="resolved", **LOW))
    assert world.case(case.id).alert_over_ms is None
    take(world, alert("QueueAgreementLow", "f2", "resolved", "08:10", **LOW))
    assert world.case(case.id).alert_over_ms is not None
    assert world.case(case.id).state == "open"


def test_an_alert_that_was_over_before_it_was_heard_of_opens_nothing(world: World) -> None:
    assert take(world, alert("QueueAgreementLow", status="resolved", **LOW)) == []


def test_an_alert_that_fires_again_reopens_its_case(world: World) -> None:
    case = take(world, alert("QueueAgreementLow", **LOW))[0]
    world.do(DORA, case.id, OpenEvidence(), Clear(words="Two new labels, which all have to learn first"), Close())
    take(world, alert("QueueAgreementLow", starts="11:00", **LOW))
    found = world.case(case.id)
    assert (found.state, found.round) == ("open", 2)


def test_a_queue_is_ours_to_decide_and_no_vendor_sees_it(world: World) -> None:
    case = take(world, alert("QueueAgreementLow", **LOW))[0]
    world.do(DORA, case.id, Triage(), OpenEvidence(), Confirm(words=WHY))
    with pytest.raises(NotThere):
        world.do(LEE, case.id, OpenEvidence())
    assert world.do(ANA, case.id, Close()).state == "closed"
