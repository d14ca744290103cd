"""Who gets in, and who does not."""

import pytest
from starlette.testclient import TestClient

from alerts.escalation.cases.roles import SYSTEM, Person, Role
from alerts.escalation.store.tokens import create_token, revoke_token
from tests.unit.alerts.escalation.pages.sample import ANALYST, DAY_MS, DECIDER, LEAD, OTHERS, Sample

CASES = "/api/v1/cases"
BURST = 8


def bearing(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("headers", [{}, bearing(""), bearing("rw_wrong"), {"Authorization": "Basic eDp5"}])
def test_without_a_token_that_holds_nothing_is_told(client: TestClient, headers: dict[str, str]) -> None:
    for path in (CASES, "/api/v1/cases/whatever", "/api/v1/scorecards", "/api/v1/tokens"):
        answered = client.get(path, headers=headers)
        assert answered.status_code == 401
        assert answered.headers["content-type"] == "application/problem+json"
        assert answered.headers["www-authenticate"] == "Bearer"


def test_every_route_of_the_api_asks_for_a_token(made: Sample, client: TestClient) -> None:
    for path, operations in made.app.openapi()["paths"].items():
        for method in operations:
            address = path.replace("{", "").replace("}", "")
            assert client.request(method.upper(), address).status_code == 401, (method, path)


def test_a_token_ends(made: Sample, client: TestClient) -> None:
    assert client.get(CASES, headers=made.bearer(DECIDER)).status_code == 200
    made.clock[0] += 30 * DAY_MS
    assert client.get(CASES, headers=made.bearer(DECIDER)).status_code == 401


def test_a_revoked_token_ends_at_once_and_its_sessions_with_it(made: Sample, client: TestClient) -> None:
    with made.site.store.writing() as session:
        token = create_token(session, SYSTEM, DECIDER, "test", 1, made.clock[0])
    client.post("/sign-in", data={"token": token.secret})
    assert client.get("/cases").status_code == 200
    with made.site.store.writing() as session:
        revoke_token(session, SYSTEM, token.id, made.clock[0])
    assert client.get(CASES, headers=bearing(token.secret)).status_code == 401
    assert client.get("/cases").status_code == 303


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        (OTHERS[Role.ENGINEER], "get", CASES, 403),
        (OTHERS[Role.ENGINEER], "get", f"{CASES}.csv", 403),
        (OTHERS[Role.ENGINEER], "get", "/api/v1/scorecards", 403),
        (OTHERS[Role.VENDOR_WELLNESS], "get", CASES, 403),
        (OTHERS[Role.ENGINEER], "get", "/api/v1/detectors", 200),
        (OTHERS[Role.AUDITOR], "get", CASES, 200),
        (OTHERS[Role.AUDITOR], "get", "/api/v1/audit", 200),
        (DECIDER, "get", "/api/v1/audit", 403),
        (DECIDER, "get", "/api/v1/tokens", 403),
        (LEAD["alba"], "get", "/api/v1/tokens", 404),
        (LEAD["alba"], "get", "/api/v1/deliveries/dead", 404),
        (OTHERS[Role.ADMIN], "get", "/api/v1/tokens", 200),
        (OTHERS[Role.AUDITOR], "post", f"{CASES}/clear", 403),
    ],
)
def test_each_role_gets_its_own(
    made: Sample, client: TestClient, who: Person, method: str, path: str, status: int
) -> None:
    answered = client.request(method.upper(), path, headers=made.bearer(who), json={} if method == "post" else None)
    assert answered.status_code == status


def test_an_auditor_changes_nothing(made: Sample, client: TestClient) -> None:
    for action in ("triage", "comment", "clear", "open_evidence"):
        body = {"action": action} | ({"words": "x"} if action in ("comment", "clear") else {})
        address = f"{CASES}/{made.case['new']}/actions"
        assert client.post(address, json=body, headers=made.bearer(OTHERS[Role.AUDITOR])).status_code == 403


def test_an_administrator_makes_and_ends_tokens(made: Sample, client: TestClient) -> None:
    admin = made.bearer(OTHERS[Role.ADMIN])
    asked = {"person": "new@example.org", "role": "analyst", "what_for": "laptop", "days": 3}
    token = client.post("/api/v1/tokens", json=asked, headers=admin).json()
    assert client.get(CASES, headers=bearing(token["secret"])).status_code == 200
    assert token["secret"] not in client.get("/api/v1/tokens", headers=admin).text
    assert client.delete(f"/api/v1/tokens/{token['id']}", headers=admin).json()["revoked_ms"] == made.clock[0]
    assert client.get(CASES, headers=bearing(token["secret"])).status_code == 401
    for wrong in (asked | {"role": "rater"}, asked | {"role": "vendor_lead"}, asked | {"days": 0}, asked | {"x": 1}):
        assert client.post("/api/v1/tokens", json=wrong, headers=admin).status_code == 422


def test_the_secret_of_a_raters_link_opens_neither_api_nor_desk(made: Sample, client: TestClient) -> None:
    secret = "rw_" + made.link["alba"].rpartition(".")[0]
    assert client.get(CASES, headers=bearing(secret)).status_code == 401
    assert client.post("/sign-in", data={"token": secret}).status_code == 401


def test_somebody_who_asks_too_often_waits(made: Sample, client: TestClient) -> None:
    made.site.rate.burst = BURST
    answers = [client.get(CASES, headers=made.bearer(ANALYST)) for _ in range(BURST + 1)]
    assert [one.status_code for one in answers[:-1]] == [200] * BURST
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert client.get(CASES, headers=made.bearer(DECIDER)).status_code == 200
    made.clock[0] += 1_000
    assert client.get(CASES, headers=made.bearer(ANALYST)).status_code == 200
