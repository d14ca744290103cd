"""For every route that there is: with what belongs to vendor borea, vendor alba and its rater get 404.

The routes come from the application and its OpenAPI document, so that none can be forgotten: the parameters of a new
one have to be declared here, with an object of borea's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from alerts.escalation.api.schemas import PERSON_ACTIONS
from tests.unit.alerts.escalation.pages.browsing import Browser
from tests.unit.alerts.escalation.pages.sample import ANALYST, LEAD, Sample

METHODS = ("get", "post", "put", "patch", "delete")
# Routes whose objects nobody owns: for the first there is no vendor yet, the others are keys of their own.
OPEN = {"/r/{link}", "/r/{link}/appeal", "/r/{link}/renew"}
# A body with which the owner would get through.
BODIES: Mapping[str, Any] = {
    "/api/v1/cases/{case_id}/actions": {"action": "acknowledge"},
    "/api/v1/scorecards/{vendor}/{period}/dispute": {
        "words": "These audits were of another vendor's work, please look."
    },
    "/api/v1/scorecards/{vendor}/{period}/sign": {"digest": "0" * 64},
}


def of_borea(made: Sample) -> dict[str, str]:
    return {
        "case_id": made.case["borea"],
        "action": "acknowledge",
        "vendor": "borea",
        "period": "2026-02",
        "what": "sign",
        "delivery_id": "msg_0",
        "token_id": "token-0",
    }


def routes_of(app: Any) -> Iterator[tuple[str, str]]:
    """(method, path) of everything that takes an object, of API and pages alike."""
    document = app.openapi()
    for path, operations in document["paths"].items():
        if "{" in path:
            yield from ((method, path) for method in METHODS if method in operations)
    for path, methods in pages_of(app):
        if "{" in path and path not in OPEN and not path.startswith("/api/"):
            yield from ((method.lower(), path) for method in methods)


def pages_of(app: Any) -> Iterator[tuple[str, set[str]]]:
    for one in iter_route_contexts(app.routes):
        if one.path is not None and one.methods:
            yield one.path, set(one.methods)


def test_every_route_with_an_object_of_another_vendor_looks_as_if_it_were_not_there(made: Sample) -> None:
    objects, api, desk = of_borea(made), TestClient(made.app), Browser(made, LEAD["alba"])
    faults, seen = [], 0
    for method, path in routes_of(made.app):
        missing = set(re.findall(r"{(\w+)}", path)) - set(objects)
        assert not missing, f"{path}: say here what {missing} is of borea's"
        address = path.format(**objects)
        seen += 1
        if path.startswith("/api/"):
            answered: Any = api.request(
                method.upper(), address, headers=made.bearer(LEAD["alba"]), json=BODIES.get(path)
            )
        elif method == "get":
            answered = desk.get(address)
        else:
            answered = desk.post(address, words="We looked at these answers together.", digest="0" * 64)
        if answered.status_code != 404:
            faults.append((method, path, answered.status_code))
    assert faults == []
    assert seen > 20


def test_every_action_on_another_vendors_case_looks_as_if_it_were_not_there(made: Sample) -> None:
    api = TestClient(made.app)
    for kind in PERSON_ACTIONS:
        body = {"action": str(kind.__struct_config__.tag)}
        address = f"/api/v1/cases/{made.case['borea']}/actions"
        assert api.post(address, json=body, headers=made.bearer(LEAD["alba"])).status_code == 404


def test_the_same_routes_are_there_for_their_owner(made: Sample) -> None:
    api, headers = TestClient(made.app), made.bearer(LEAD["borea"])
    for path in (f"/api/v1/cases/{made.case['borea']}", "/api/v1/scorecards/borea/2026-02"):
        assert api.get(path, headers=headers).status_code == 200


def test_lists_searches_and_exports_hold_a_vendors_own_cases_only(made: Sample) -> None:
    api, desk, headers = TestClient(made.app), Browser(made, LEAD["alba"]), made.bearer(LEAD["alba"])
    for search in ("", "?vendor=borea", "?rater=rkx-5c1r8d6n0yjw", "?state=answered", "?queue=spam"):
        found = api.get(f"/api/v1/cases{search}", headers=headers).json()
        assert {case["vendor"] for case in found["cases"]} <= {"alba"}
        exports = api.get(f"/api/v1/cases.csv{search}", headers=headers).text + desk.get(f"/cases.csv{search}").text
        assert "rkx-5c1r8d6n0yjw" not in exports
        assert made.case["borea"] not in exports + desk.get(f"/cases{search}").text


def test_a_vendor_sees_no_case_before_it_was_sent_there(made: Sample) -> None:
    answered = TestClient(made.app).get(f"/api/v1/cases/{made.case['new']}", headers=made.bearer(LEAD["borea"]))
    assert answered.status_code == 404


def test_a_vendor_reads_no_names_notes_or_ways_of_ours(made: Sample) -> None:
    case = made.case["alba"]
    told = TestClient(made.app).get(f"/api/v1/cases/{case}", headers=made.bearer(LEAD["alba"])).text
    told += TestClient(made.app).get(f"/api/v1/cases/{case}/history", headers=made.bearer(LEAD["alba"])).text
    page = Browser(made, LEAD["alba"]).get(f"/cases/{case}").text
    for text in (told, page):
        assert ANALYST.id not in text
        assert "Compare with the spam guide of February." not in text


def test_another_vendors_scorecard_numbers_are_in_no_page_of_this_one(made: Sample) -> None:
    page = Browser(made, LEAD["alba"]).get("/scorecards/alba/2026-02").text
    assert "borea" not in page.lower()
    assert "cost" not in page.lower()
