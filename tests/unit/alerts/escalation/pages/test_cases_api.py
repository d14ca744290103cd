"""Cases over HTTP: paging, filters, exports, actions, limits and errors."""

import csv
import io

from sqlalchemy import select
from starlette.testclient import TestClient

from alerts.escalation.store.tables import AuditRow, CaseRow
from alerts.escalation.web.limits import BODY_BYTES
from tests.unit.alerts.escalation.pages.sample import ANALYST, DECIDER, LEAD, SECOND, WORDS, Sample

CASES = "/api/v1/cases"


def audited(made: Sample, action: str) -> int:
    with made.site.store.reading() as session:
        return len(session.scalars(select(AuditRow).where(AuditRow.action == action)).all())


def test_pages_follow_each_other_without_a_gap_or_a_double(made: Sample, client: TestClient) -> None:
    whole = client.get(CASES, headers=made.bearer(ANALYST)).json()
    ids, after = [], ""
    while True:
        page = client.get(f"{CASES}?limit=2&after={after}", headers=made.bearer(ANALYST)).json()
        ids += [case["id"] for case in page["cases"]]
        after = page["next"]
        if after is None:
            break
    assert ids == [case["id"] for case in whole["cases"]]
    assert len(set(ids)) == whole["count"] == len(made.case)
    dues = [case["due_ms"] for case in whole["cases"] if case["due_ms"]]
    assert dues == sorted(dues)


def test_a_cursor_that_is_none_is_refused(made: Sample, client: TestClient) -> None:
    for wrong in ("x", "W10", "WyJ4IiwxXQ", "%00", "é"):
        assert client.get(f"{CASES}?after={wrong}", headers=made.bearer(ANALYST)).status_code == 422


def test_filters_narrow_the_list(made: Sample, client: TestClient) -> None:
    for search, names in {
        "?vendor=borea": {"new", "borea"},
        "?state=open": {"new"},
        "?state=answered&queue=spam&vendor=alba": {"alba"},
        "?rater=rkx-9t3b7v2l4hsa": {"asked"},
        "?critical=true": {"alba"},
        "?topic=copying": {"asked"},
        f"?due_before_ms={made.clock[0]}": {"asked"},
        "?ended=true": set(),
    }.items():
        found = client.get(CASES + search, headers=made.bearer(ANALYST)).json()["cases"]
        assert {case["id"] for case in found} == {made.case[name] for name in names}, search


def test_reads_and_exports_leave_a_row_in_the_audit(made: Sample, client: TestClient) -> None:
    headers = made.bearer(ANALYST)
    before = {name: audited(made, name) for name in ("read_list", "read_case", "export")}
    client.get(CASES, headers=headers)
    client.get(f"{CASES}/{made.case['alba']}", headers=headers)
    client.get(f"{CASES}.csv", headers=headers)
    assert {name: audited(made, name) - n for name, n in before.items()} == dict.fromkeys(before, 1)


def test_evidence_is_shown_once_it_was_opened(made: Sample, client: TestClient) -> None:
    case, headers = f"{CASES}/{made.case['alba']}", made.bearer(DECIDER)
    assert client.get(case, headers=headers).json()["findings"][0]["items"] == []
    assert client.get(f"{case}/evidence", headers=headers).status_code == 422
    assert client.post(f"{case}/actions", json={"action": "open_evidence"}, headers=headers).status_code == 200
    item = client.get(f"{case}/evidence", headers=headers).json()[0]["items"][0]
    assert item[0] == "mail-10431" if isinstance(item, list) else item["item_id"] == "mail-10431"
    rows = list(csv.DictReader(io.StringIO(client.get(f"{case}/evidence.csv", headers=headers).text)))
    assert rows[0]["item"] == "mail-10431"
    assert not {"gold", "known"} & set(rows[0])


def test_a_vendor_acknowledges_answers_and_appeals(made: Sample, client: TestClient) -> None:
    address, headers = f"{CASES}/{made.case['asked']}/actions", made.bearer(LEAD["alba"])
    assert client.post(address, json={"action": "acknowledge"}, headers=headers).json()["state"] == "acknowledged"
    answer = {"action": "answer", "words": "Both raters sit side by side and talked about these items."}
    assert client.post(address, json=answer, headers=headers).json()["state"] == "answered"
    appeal = {"action": "appeal", "words": "They discussed the guide.", "item_ids": ["mail-10431"]}
    assert client.post(address, json=appeal, headers=headers).json()["state"] == "answered"
    [kept] = client.get(f"{CASES}/{made.case['asked']}", headers=headers).json()["appeals"]
    assert kept["items"] == ["mail-10431"]
    strange = appeal | {"item_ids": ["no-such-item"]}
    assert client.post(address, json=strange, headers=headers).status_code == 422


def test_what_may_not_be_done_is_refused_with_what_may(made: Sample, client: TestClient) -> None:
    address = f"{CASES}/{made.case['new']}/actions"
    refused = client.post(address, json={"action": "close"}, headers=made.bearer(DECIDER))
    assert refused.status_code == 409
    assert "triage" in refused.json()["detail"]
    for system in ("delivered", "lapse", "withdraw", "no_such_action"):
        assert client.post(address, json={"action": system}, headers=made.bearer(DECIDER)).status_code == 422


def test_an_old_version_of_a_case_is_not_acted_on(made: Sample, client: TestClient) -> None:
    address = f"{CASES}/{made.case['new']}/actions"
    assert (
        client.post(f"{address}?version=1", json={"action": "triage"}, headers=made.bearer(ANALYST)).status_code == 409
    )


def test_words_that_accuse_do_not_leave_the_team(made: Sample, client: TestClient) -> None:
    address, headers = f"{CASES}/{made.case['borea']}/actions", made.bearer(DECIDER)
    client.post(address, json={"action": "open_evidence"}, headers=headers)
    accusing = {"action": "confirm", "words": "This rater is a lazy cheat and nothing else at all."}
    refused = client.post(address, json=accusing, headers=headers)
    assert refused.status_code == 422
    assert "lazy" in refused.json()["detail"]
    assert client.post(address, json=accusing | {"words": WORDS}, headers=headers).json()["state"] == "decided"


def test_many_cases_are_cleared_at_once_or_none(made: Sample, client: TestClient) -> None:
    chosen = [made.case["borea"], made.case["new"]]
    words = "The guide of March was wrong about newsletters."
    wrong = {"cases": [*chosen, "rater-none"], "words": words}
    assert client.post(f"{CASES}/clear", json=wrong, headers=made.bearer(SECOND)).status_code == 404
    with made.site.store.reading() as session:
        assert session.get_one(CaseRow, chosen[1]).state == "open"
    done = client.post(f"{CASES}/clear", json={"cases": chosen, "words": words}, headers=made.bearer(SECOND))
    assert {case["state"] for case in done.json()["cases"]} == {"decided"}


def test_a_cell_of_an_export_is_never_a_formula(made: Sample, client: TestClient) -> None:
    with made.site.store.writing() as session:
        session.get_one(CaseRow, made.case["new"]).queue = "=1+1"
    assert ",'=1+1," in client.get(f"{CASES}.csv", headers=made.bearer(ANALYST)).text


def test_a_body_that_is_too_large_is_refused_before_it_is_read(made: Sample, client: TestClient) -> None:
    answered = client.post(
        f"{CASES}/{made.case['new']}/actions", content=b"x" * (BODY_BYTES + 1), headers=made.bearer(ANALYST)
    )
    assert answered.status_code == 413
    assert answered.json()["status"] == 413


def test_alerts_come_in_with_their_own_token_and_count_once(made: Sample, client: TestClient) -> None:
    payload = {
        "version": "4",
        "alerts": [
            {
                "status": "firing",
                "labels": {"alertname": "QueueGuidelineSuspect", "queue": "spam", "kind": "queue"},
                "annotations": {"summary": "Queue spam: its guideline needs review", "description": "20 % flagged."},
                "startsAt": "2026-03-12T09:00:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "fingerprint": "a1b2",
            }
        ],
    }
    for headers in ({}, made.bearer(ANALYST)):
        assert client.post("/api/v1/alertmanager", json=payload, headers=headers).status_code == 401
    token = {"Authorization": "Bearer of-alertmanager"}
    for _ in range(2):
        assert client.post("/api/v1/alertmanager", json=payload, headers=token).json() == {"cases": 1}
    found = client.get(f"{CASES}?kind=queue", headers=made.bearer(ANALYST)).json()
    assert [case["topic"] for case in found["cases"]] == ["QueueGuidelineSuspect"]
    assert client.post("/api/v1/alertmanager", content=b"{}", headers=token).status_code == 422


def test_machines_see_health_and_counts_without_people(made: Sample, client: TestClient) -> None:
    client.get(f"{CASES}/{made.case['alba']}", headers=made.bearer(ANALYST))
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    page = client.get("/metrics").text
    assert 'raterwatch_cases{kind="rater",state="answered"} 2.0' in page
    assert 'handler="cases.get_case",method="GET",status="200"' in page
    assert "rkx-" not in page
    assert made.case["alba"] not in page


def test_the_document_says_what_is_taken(made: Sample, client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    body = document["paths"]["/api/v1/cases/{case_id}/actions"]["post"]["requestBody"]
    assert "open_evidence" in str(body)
