"""Sessions of the desk, their forms, and what every page tells the browser."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.store.sessions import SIGN_IN_LINK
from alerts.escalation.store.tokens import create_token
from alerts.escalation.web.headers import CONTENT_SECURITY_POLICY
from tests.unit.alerts.escalation.pages.browsing import Browser
from tests.unit.alerts.escalation.pages.sample import DECIDER, HOUR_MS, Sample, sample


def test_without_a_session_pages_lead_to_the_sign_in(client: TestClient) -> None:
    for path in ("/cases", "/cases/x", "/scorecards", "/deliveries"):
        answered = client.get(path)
        assert (answered.status_code, answered.headers["location"]) == (303, "/sign-in")


def test_a_cookie_is_kept_from_scripts_and_other_sites(made: Sample, client: TestClient) -> None:
    cookie = client.post("/sign-in", data={"token": made.secret[DECIDER.id]}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie


def test_on_https_the_cookie_is_for_this_host_and_https_only(tmp_path: Path) -> None:
    with sample(tmp_path, address="https://desk.example") as made:
        client = TestClient(made.app, base_url="https://desk.example", follow_redirects=False)
        answered = client.post("/sign-in", data={"token": made.secret[DECIDER.id]})
        assert answered.headers["set-cookie"].startswith("__Host-")
        assert "secure" in answered.headers["set-cookie"].lower()
        assert "max-age" in answered.headers["strict-transport-security"]
        assert client.get("/cases").status_code == 200


def test_a_session_ends_by_itself_and_by_signing_out(made: Sample) -> None:
    desk = Browser(made, DECIDER)
    cookie = dict(desk.client.cookies)
    assert desk.post("/sign-out").status_code == 303
    desk.client.cookies.update(cookie)
    assert desk.get("/cases").status_code == 303
    again = Browser(made, DECIDER)
    made.clock[0] += 8 * HOUR_MS
    assert again.get("/cases").status_code == 303


def test_a_sign_in_link_does_nothing_by_itself_and_works_once(made: Sample, client: TestClient) -> None:
    with made.site.store.writing() as session:
        secret = create_token(session, SYSTEM, DECIDER, SIGN_IN_LINK, 1, made.clock[0]).secret
    for _ in range(2):
        assert "set-cookie" not in client.get(f"/sign-in?token={secret}").headers
    assert client.post("/sign-in", data={"token": secret}).status_code == 303
    assert client.get("/cases").status_code == 200
    assert client.post("/sign-in", data={"token": secret}).status_code == 401


def test_a_form_without_the_sessions_own_token_does_nothing(made: Sample) -> None:
    desk, other = Browser(made, DECIDER), Browser(made, DECIDER)
    case = made.case["new"]
    for csrf in ("", "x", other.csrf):
        for path in (f"/cases/{case}/triage", "/cases/clear", "/scorecards", "/sign-out", f"/cases/{case}/rater-link"):
            assert desk.client.post(path, data={"csrf": csrf}).status_code == 403
    assert desk.post(f"/cases/{case}/triage").status_code == 303


def test_a_form_that_another_site_sends_does_nothing(made: Sample) -> None:
    desk = Browser(made, DECIDER)
    desk.client.headers["sec-fetch-site"] = "cross-site"
    assert desk.post(f"/cases/{made.case['new']}/triage").status_code == 403
    assert desk.client.post("/sign-in", data={"token": made.secret[DECIDER.id]}).status_code == 403
    assert desk.client.post(f"/r/{made.link['alba']}/renew").status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/cases", "/nowhere", "/r/x", "/api/v1/cases", "/healthz"])
def test_every_answer_forbids_scripts_frames_guesses_and_referrers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "'unsafe-inline'" not in CONTENT_SECURITY_POLICY
    assert "script" not in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["cache-control"] == "no-store"


def test_pages_hold_no_script_and_no_inline_style(made: Sample) -> None:
    desk = Browser(made, DECIDER)
    pages = ("/cases", f"/cases/{made.case['alba']}", "/scorecards", "/scorecards/alba/2026-02", "/deliveries")
    for path in (*pages, f"/r/{made.link['alba']}", "/sign-in"):
        text = desk.get(path).text
        for forbidden in ("<script", "<style", " style=", " onclick=", "javascript:"):
            assert forbidden not in text, (path, forbidden)


def test_what_people_wrote_is_text_and_never_markup(made: Sample) -> None:
    desk = Browser(made, DECIDER)
    desk.post(f"/cases/{made.case['alba']}/comment", words="<img src=x onerror=alert(1)> & more")
    page = desk.get(f"/cases/{made.case['alba']}").text
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; more" in page
