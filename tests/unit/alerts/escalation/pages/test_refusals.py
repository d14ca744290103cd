"""A page says in the reader's language why something was not done; the API in English, with a code that stays."""

import pytest
from starlette.testclient import TestClient

from alerts.escalation.said.catalogue import tongue
from alerts.escalation.said.words import WORDS
from tests.unit.alerts.escalation.pages.browsing import Browser
from tests.unit.alerts.escalation.pages.people import DECIDER, LEAD
from tests.unit.alerts.escalation.pages.sample import Sample


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Open the evidence of this case first; a decision rests on what you have seen"),
        ("de", "Öffnen Sie erst die Belege dieses Falls; eine Entscheidung beruht auf dem, was Sie gesehen haben"),
        ("ar", "افتح أدلة هذه الحالة أولًا؛ فالقرار يقوم على ما رأيت"),
    ],
)
def test_a_page_says_why_in_the_readers_language(made: Sample, language: str, told: str) -> None:
    desk = Browser(made, DECIDER)
    desk.get(f"/cases?language={language}")
    refused = desk.post(f"/cases/{made.case['borea']}/confirm", words="The answers are the same again and again.")
    assert refused.status_code == 422
    assert f'<p class="problem" role="alert">{told}</p>' in refused.text


def test_words_of_ours_in_it_are_said_as_everywhere_on_the_page(made: Sample) -> None:
    vendor = Browser(made, LEAD["alba"])
    vendor.get("/cases?language=de")
    refused = vendor.post(f"/cases/{made.case['alba']}/acknowledge")
    assert refused.status_code == 409
    action, state = (tongue("de").text(WORDS[key]) for key in ("acknowledge", "answered"))
    assert f"„{action}“ geht nicht, solange dies „{state}“ ist" in refused.text


def test_an_error_page_is_in_the_readers_language(made: Sample) -> None:
    vendor = Browser(made, LEAD["alba"])
    vendor.get("/cases?language=de")
    for path in (f"/cases/{made.case['borea']}", "/r/no-link", "/nowhere"):
        refused = vendor.get(path)
        assert refused.status_code == 404
        assert '<html lang="de"' in refused.text
        assert "there is" not in refused.text.lower()
        assert "this link" not in refused.text.lower()


def test_a_form_with_a_hole_names_the_field(made: Sample) -> None:
    desk = Browser(made, DECIDER)
    desk.get("/cases?language=de")
    refused = desk.post(f"/cases/{made.case['done']}/propose_consequence", words="Somebody has to look at this again.")
    assert refused.status_code == 422
    assert "Das Formular ist nicht vollständig: sehen Sie nach „kind“" in refused.text


def test_the_api_keeps_english_and_codes(made: Sample) -> None:
    api, headers = TestClient(made.app), made.bearer(LEAD["alba"]) | {"Accept-Language": "de"}
    actions = f"/api/v1/cases/{made.case['alba']}/actions"
    refused = api.post(actions, headers=headers, json={"action": "acknowledge"}).json()
    assert refused["code"] == "not_in_this_state"
    assert refused["detail"].startswith("acknowledge is not possible while this is answered; possible now: ")
    assert api.post(actions, headers=headers, json={"action": "close"}).json()["code"] == "role_may_not"
    assert api.get(f"/api/v1/cases/{made.case['borea']}", headers=headers).json()["code"] == "not_there"
    assert api.post(actions, headers=headers, content=b"{").json()["code"] == "unreadable"
    assert api.get("/api/v1/cases?limit=x", headers=headers).json()["code"] == "unreadable"
    assert api.get("/api/v1/cases").json()["code"] == "token_missing"
    assert api.post(actions, headers=headers, content=b" " * 3_000_000).json()["code"] == "too_large"
    assert api.get("/api/v1/nowhere", headers=headers).json()["code"] == "not_found"
