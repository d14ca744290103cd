"""A case's page: read, evidence opened, everything that may be done in it, and its exports."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from alerts.escalation.api.schemas import PERSON_ACTIONS
from alerts.escalation.cases.actions import AnyAction
from alerts.escalation.cases.consequences import ConsequenceKind
from alerts.escalation.cases.roles import READERS
from alerts.escalation.desk.chart import NARROW, WIDE, chart
from alerts.escalation.desk.next_step import next_step
from alerts.escalation.errors import Refused
from alerts.escalation.store.reading import alerts_of, deliveries_of, find_case, findings_of, readings_of
from alerts.escalation.store.sessions import SignedIn
from alerts.escalation.web.acting import act_as_person, rater_link
from alerts.escalation.web.audited import note_read
from alerts.escalation.web.case_view import case_view, finding_view, has_opened, history_view
from alerts.escalation.web.exports import evidence_csv
from alerts.escalation.web.forms import Form
from alerts.escalation.web.problem import BadRequest, status_of
from alerts.escalation.web.site import Site
from alerts.escalation.web.templates import render, tongue_of
from alerts.escalation.web.who import Desk, TheSite, demand_form, demand_own_site

routes = APIRouter(include_in_schema=False)
_ACTIONS = {str(kind.__struct_config__.tag): kind for kind in PERSON_ACTIONS}


@routes.get("/cases/{case_id}")
def get_case(site: TheSite, who: Desk, case_id: str, request: Request) -> Response:
    """The page."""
    shown = _shown(site, who, case_id, request)
    note_read(site, who.person, "read_case", case_id)
    return shown


@routes.get("/cases/{case_id}/evidence.csv")
def get_evidence(site: TheSite, who: Desk, case_id: str, request: Request) -> Response:
    """The items behind the findings as CSV; a page without them before the evidence was opened."""
    with site.store.reading() as session:
        case = find_case(session, who.person, case_id)
        opened = has_opened(session, who.person, case)
        said = tongue_of(request, who.person)
        found = [finding_view(one, said, with_items=opened) for one in findings_of(session, case)]
    note_read(site, who.person, "export", case_id)
    headers = {"Content-Disposition": f'attachment; filename="{case.id}.csv"'}
    return Response(evidence_csv(found), media_type="text/csv", headers=headers)


@routes.post("/cases/{case_id}/rater-link")
def post_rater_link(site: TheSite, who: Desk, case_id: str, form: Form, request: Request) -> Response:
    """The page again, with a link for the rater that is shown this once."""
    _demand(request, form, who)
    return _shown(site, who, case_id, request, link=rater_link(site, who.person, case_id))


@routes.post("/cases/{case_id}/{action}")
def post_action(site: TheSite, who: Desk, case_id: str, action: str, form: Form, request: Request) -> Response:
    """Does it and leads back; a refusal is told on the page, with what was written still in its field."""
    _demand(request, form, who)
    with site.store.reading() as session:
        find_case(session, who.person, case_id)
    try:
        asked = _asked(action, form)
        with site.store.writing() as session:
            act_as_person(session, site, who.person, case_id, asked, _version(form))
    except (Refused, BadRequest) as error:
        shown = _shown(site, who, case_id, request, problem=str(error), tried=action, words=str(form.get("words", "")))
        shown.status_code = status_of(error)
        return shown
    place = "evidence" if action == "open_evidence" else "top"
    return RedirectResponse(f"/cases/{case_id}#{place}", 303)


def _shown(site: Site, who: SignedIn, case_id: str, request: Request, **more: Any) -> Response:
    now_ms, said = site.clock(), tongue_of(request, who.person)
    with site.store.reading() as session:
        case = find_case(session, who.person, case_id)
        readings = readings_of(session, case)
        ours = who.person.role in READERS
        return render(
            request,
            "case.html",
            who.person,
            csrf=who.csrf,
            now_ms=now_ms,
            view=case_view(session, who.person, case, said),
            next=next_step(case, who.person, said, now_ms),
            charts=[drawn for width in (WIDE, NARROW) if (drawn := chart(readings, said, width)) is not None],
            readings=readings[-60:],
            alerts=alerts_of(session, case),
            history=history_view(session, who.person, case, reads="reads" in request.query_params and ours),
            deliveries=deliveries_of(session, case) if ours else [],
            ours=ours,
            consequences=list(ConsequenceKind),
            **({"link": None, "problem": None, "tried": None, "words": ""} | more),
        )


def _asked(action: str, form: FormData) -> AnyAction:
    kind = _ACTIONS.get(action)
    if kind is None:
        raise BadRequest("there is no such action; use the buttons of the page")
    given: dict[str, object] = {
        name: form.getlist(name) if name == "item_ids" else form.get(name)
        for name in kind.__struct_fields__
        if name in form and form.get(name) != ""
    }
    if "words" in kind.__struct_fields__:
        given.setdefault("words", "")
    try:
        return msgspec.convert(_switched(given), kind, strict=False)  # type: ignore[return-value]
    except msgspec.ValidationError as error:
        raise BadRequest(f"the form is not complete: {error}") from None


def _switched(given: Mapping[str, object]) -> dict[str, object]:
    """A checkbox says "on"."""
    return {name: True if name == "retrained" else value for name, value in given.items()}


def _version(form: FormData) -> int | None:
    text = str(form.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 (no number of ours is so long)


def _demand(request: Request, form: FormData, who: SignedIn) -> None:
    demand_own_site(request)
    demand_form(str(form.get("csrf", "")), who)
