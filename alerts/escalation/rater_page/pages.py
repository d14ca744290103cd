"""The rater's page and the two things that can be done on it: appeal, and renew the link."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from alerts.escalation.cases.actions import Appeal
from alerts.escalation.cases.roles import Person
from alerts.escalation.desk.next_step import NextStep, next_step
from alerts.escalation.errors import Refused
from alerts.escalation.rater_page.told import note_told
from alerts.escalation.said.catalogue import Tongue
from alerts.escalation.store.reading import appeals_of
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.store.visible import visible_cases
from alerts.escalation.web.audited import note_read
from alerts.escalation.web.case_view import case_view
from alerts.escalation.web.forms import Form
from alerts.escalation.web.problem import BadRequest, TooMany, status_of
from alerts.escalation.web.shown import CaseView
from alerts.escalation.web.site import Site
from alerts.escalation.web.templates import render, tongue_of
from alerts.escalation.web.who import TheSite, address_of, demand_own_site
from alerts.escalation.work.perform import perform

routes = APIRouter(include_in_schema=False)
_SHOWN = 20  # cases; the latest first


@routes.get("/r/{link}")
def get_page(site: TheSite, link: str, request: Request, receipt: str = "") -> Response:
    """The page; raises NotThere for a link that does not hold."""
    rater = _rater(site, link, request)
    with site.store.writing() as session:
        note_told(session, site.contracts, rater, site.clock())
    note_read(site, rater, "read_own_page")
    return _shown(site, rater, link, request, receipt=receipt[:64])


@routes.post("/r/{link}/appeal")
def post_appeal(site: TheSite, link: str, form: Form, request: Request) -> Response:
    """Takes an appeal, and leads to its receipt; a refusal is told on the page, beside what was written."""
    demand_own_site(request)
    rater = _rater(site, link, request)
    case_id, words = str(form.get("case", "")), str(form.get("words", ""))
    try:
        given = {"words": words, "item_ids": [str(one) for one in form.getlist("item_ids")]}
        appeal = msgspec.convert(given, Appeal)
        with site.store.writing() as session:
            case = perform(session, site.contracts, rater, case_id, appeal, site.clock())
            receipt = appeals_of(session, case)[-1].id
    except msgspec.ValidationError:
        return _refused(site, rater, link, request, BadRequest("the text is too long; 4,000 characters fit"), words)
    except Refused as error:
        return _refused(site, rater, link, request, error, words)
    return RedirectResponse(f"/r/{link}?receipt={receipt}#receipt", 303)


@routes.post("/r/{link}/renew")
def post_renew(site: TheSite, link: str, request: Request) -> Response:
    """A new link in place of this one, to be kept."""
    demand_own_site(request)
    _rater(site, link, request)
    with site.store.writing() as session:
        renewed = site.links.renew(session, link, site.clock())
    return RedirectResponse(f"/r/{renewed}?receipt=link#receipt", 303)


def _rater(site: Site, link: str, request: Request) -> Person:
    wait_s = site.rate.wait_s(f"rater's page {address_of(request)}", site.clock())
    if wait_s:
        raise TooMany(wait_s)
    with site.store.reading() as session:
        return site.links.person(session, link, site.clock())


def _refused(
    site: Site, rater: Person, link: str, request: Request, error: Refused | BadRequest, words: str
) -> Response:
    shown = _shown(site, rater, link, request, problem=str(error), words=words)
    shown.status_code = status_of(error)
    return shown


def _shown(site: Site, rater: Person, link: str, request: Request, **more: Any) -> Response:
    now_ms, said = site.clock(), tongue_of(request, rater)
    with site.store.reading() as session:
        cases = _cases(session, rater, said, now_ms)
    return render(
        request,
        "rater.html",
        rater,
        link=link,
        address=f"{site.address}/r/{link}",
        cases=cases,
        sensitive=site.sensitive_queues,
        numbers=site.numbers.of(rater.rater_id or "", rater.vendor or "", now_ms),
        now_ms=now_ms,
        **({"problem": None, "words": "", "receipt": ""} | more),
    )


def _cases(session: Session, rater: Person, said: Tongue, now_ms: int) -> list[tuple[CaseView, NextStep]]:
    asked = select(CaseRow).where(visible_cases(rater)).order_by(CaseRow.opened_ms.desc()).limit(_SHOWN)
    return [
        (case_view(session, rater, case, said), next_step(case, rater, said, now_ms)) for case in session.scalars(asked)
    ]
