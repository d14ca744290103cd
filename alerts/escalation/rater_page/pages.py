"""The rater's page and what can be done on it: say that one knows of a case, appeal, and renew the link.

Links are made and sent by us and by vendors, who can open them too. So opening one says nothing about the rater: that
the rater knows of a case is the rater's own word, by a button, or an appeal. Whoever is signed in as one of ours or of
the vendor sees the page as it is, and can do nothing on it for the rater.
"""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from alerts.escalation.cases.actions import Appeal, TellRater
from alerts.escalation.cases.roles import Person
from alerts.escalation.desk.next_step import NextStep, next_step
from alerts.escalation.errors import Refused, WrongRole
from alerts.escalation.numbers.port import BAND_JUDGMENTS, BAND_RATERS
from alerts.escalation.said.catalogue import Tongue
from alerts.escalation.store.reading import appeals_of, find_case
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.store.visible import visible_cases
from alerts.escalation.web.audited import note_read
from alerts.escalation.web.case_view import case_view
from alerts.escalation.web.forms import Form
from alerts.escalation.web.problem import BadRequest, TooMany, status_of
from alerts.escalation.web.shown import CaseView
from alerts.escalation.web.site import Site
from alerts.escalation.web.templates import render, tongue_of
from alerts.escalation.web.who import TheSite, address_of, demand_own_site, session_of
from alerts.escalation.work.perform import actions_for, perform

routes = APIRouter(include_in_schema=False)
_SHOWN = 20  # cases; the latest first


@routes.get("/r/{link}")
def get_page(site: TheSite, link: str, request: Request, receipt: str = "") -> Response:
    """The page; raises NotThere for a link that does not hold."""
    rater, visitor = _rater(site, link, request), session_of(request, site)
    note_read(site, visitor.person if visitor else rater, "read_own_page")
    return _shown(site, rater, link, request, receipt=receipt[:64])


@routes.post("/r/{link}/read")
def post_read(site: TheSite, link: str, form: Form, request: Request) -> Response:
    """The rater's own word: I am the person that this case is about, and I have read it."""
    rater = _acting(site, link, request)
    case_id = str(form.get("case", ""))
    try:
        with site.store.writing() as session:
            perform(session, site.contracts, rater, case_id, TellRater(), site.clock())
    except Refused as error:
        return _refused(site, rater, link, request, error)
    return RedirectResponse(f"/r/{link}?receipt=read#receipt", 303)


@routes.post("/r/{link}/appeal")
def post_appeal(site: TheSite, link: str, form: Form, request: Request) -> Response:
    """Takes an appeal, and leads to its receipt; a refusal is told on the page, beside what was written."""
    rater = _acting(site, link, request)
    case_id, words = str(form.get("case", "")), str(form.get("words", ""))
    try:
        given = {"words": words, "item_ids": [str(one) for one in form.getlist("item_ids")]}
        appeal = msgspec.convert(given, Appeal)
        with site.store.writing() as session:
            _know(session, site, rater, case_id)
            case = perform(session, site.contracts, rater, case_id, appeal, site.clock())
            receipt = appeals_of(session, case)[-1].id
    except msgspec.ValidationError:
        return _refused(
            site,
            rater,
            link,
            request,
            BadRequest("the text is too long; 4,000 characters fit", code="words_too_long"),
            words,
        )
    except Refused as error:
        return _refused(site, rater, link, request, error, words)
    return RedirectResponse(f"/r/{link}?receipt={receipt}#receipt", 303)


@routes.post("/r/{link}/renew")
def post_renew(site: TheSite, link: str, request: Request) -> Response:
    """A new link in place of this one, to be kept."""
    _acting(site, link, request)
    with site.store.writing() as session:
        renewed = site.links.renew(session, link, site.clock())
    return RedirectResponse(f"/r/{renewed}?receipt=link#receipt", 303)


def _rater(site: Site, link: str, request: Request) -> Person:
    wait_s = site.rate.wait_s(f"rater's page {address_of(request)}", site.clock())
    if wait_s:
        raise TooMany(wait_s)
    with site.store.reading() as session:
        return site.links.person(session, link, site.clock())


def _acting(site: Site, link: str, request: Request) -> Person:
    """The rater, for what only the rater does; raises WrongRole while somebody is signed in here."""
    demand_own_site(request)
    rater, visitor = _rater(site, link, request), session_of(request, site)
    if visitor is not None:
        raise WrongRole(
            "you are signed in here as {person}; only the person whose page this is does something on it",
            code="not_the_rater",
            person=visitor.person.id,
        )
    return rater


def _know(session: Session, site: Site, rater: Person, case_id: str) -> None:
    """Whoever appeals knows of the case."""
    case = find_case(session, rater, case_id)
    if case.rater_told_ms is None and "tell_rater" in actions_for(case, rater):
        perform(session, site.contracts, rater, case_id, TellRater(), site.clock())


def _refused(
    site: Site, rater: Person, link: str, request: Request, error: Refused | BadRequest, words: str = ""
) -> Response:
    shown = _shown(site, rater, link, request, problem=error, words=words)
    shown.status_code = status_of(error)
    return shown


def _shown(site: Site, rater: Person, link: str, request: Request, **more: Any) -> Response:
    now_ms, said, visitor = site.clock(), tongue_of(request, rater), session_of(request, site)
    with site.store.reading() as session:
        cases = _cases(session, rater, said, now_ms)
    return render(
        request,
        "rater.html",
        rater,
        link=link,
        visitor=visitor.person.id if visitor else None,
        address=f"{site.address}/r/{link}",
        cases=cases,
        sensitive=site.sensitive_queues,
        numbers=site.numbers.of(rater.rater_id or "", rater.vendor or "", now_ms),
        band_raters=BAND_RATERS,
        band_judgments=BAND_JUDGMENTS,
        now_ms=now_ms,
        **({"problem": None, "words": "", "receipt": ""} | more),
    )


def _cases(session: Session, rater: Person, said: Tongue, now_ms: int) -> list[tuple[CaseView, NextStep]]:
    asked = select(CaseRow).where(visible_cases(rater)).order_by(CaseRow.opened_ms.desc()).limit(_SHOWN)
    return [
        (case_view(session, rater, case, said), next_step(case, rater, said, now_ms)) for case in session.scalars(asked)
    ]
