"""Scorecards: the list, one card, its dispute and its signatures."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from alerts.escalation.cases.roles import READERS, STAFF, Role
from alerts.escalation.errors import Refused
from alerts.escalation.scorecards.period import latest_over
from alerts.escalation.store.sessions import SignedIn
from alerts.escalation.web.audited import note_read
from alerts.escalation.web.exports import scorecard_csv
from alerts.escalation.web.forms import Form
from alerts.escalation.web.problem import status_of
from alerts.escalation.web.site import Site
from alerts.escalation.web.templates import render
from alerts.escalation.web.who import Desk, TheSite, demand_form, demand_own_site, demand_reader, demand_role
from alerts.escalation.work.scorecards import (
    REASONS,
    card_of,
    dispute,
    disputes_of,
    exclude,
    find_scorecard,
    issue,
    list_scorecards,
    sign,
)

routes = APIRouter(include_in_schema=False)


@routes.get("/scorecards")
def get_scorecards(site: TheSite, who: Desk, request: Request) -> Response:
    """The list, and for our people the forms to issue one and to leave days out."""
    demand_reader(who.person)
    return _list(site, who, request)


@routes.post("/scorecards")
def post_issue(site: TheSite, who: Desk, form: Form, request: Request) -> Response:
    """Issues one."""
    _demand(request, form, who)
    demand_role(who.person, *STAFF)
    vendor, period = str(form.get("vendor", "")).strip(), str(form.get("period", "")).strip()
    try:
        with site.store.writing() as session:
            issue(session, site.contracts, site.counts, who.person, vendor, period, site.clock())
    except Refused as error:
        return _list(site, who, request, problem=error)
    return RedirectResponse(_address(vendor, period), 303)


@routes.post("/scorecards/exclusions")
def post_exclude(site: TheSite, who: Desk, form: Form, request: Request) -> Response:
    """Leaves days of a queue out."""
    _demand(request, form, who)
    demand_role(who.person, *STAFF)
    queue, first, last, reason, words = (
        str(form.get(name, "")).strip() for name in ("queue", "first_day", "last_day", "reason", "words")
    )
    try:
        with site.store.writing() as session:
            exclude(session, who.person, queue, first, last, reason, words, site.clock())
    except Refused as error:
        return _list(site, who, request, problem=error)
    return RedirectResponse("/scorecards", 303)


@routes.get("/scorecards/{vendor}/{period}")
def get_scorecard(site: TheSite, who: Desk, vendor: str, period: str, request: Request) -> Response:
    """One card."""
    return _card(site, who, vendor, period, request)


@routes.get("/scorecards/{vendor}/{period}/csv")
def get_csv(site: TheSite, who: Desk, vendor: str, period: str) -> Response:
    """A row a queue."""
    with site.store.reading() as session:
        row = find_scorecard(session, who.person, vendor, period)
    note_read(site, who.person, "export", facts={"vendor": row.vendor, "period": row.period})
    headers = {"Content-Disposition": f'attachment; filename="{row.id}.csv"'}
    return Response(scorecard_csv(card_of(row)), media_type="text/csv", headers=headers)


@routes.post("/scorecards/{vendor}/{period}/{what}")
def post_scorecard(
    site: TheSite, who: Desk, vendor: str, period: str, what: str, form: Form, request: Request
) -> Response:
    """Disputes or signs."""
    _demand(request, form, who)
    try:
        with site.store.writing() as session:
            row = find_scorecard(session, who.person, vendor, period)
            if what == "dispute":
                dispute(session, who.person, row, str(form.get("words", "")), site.clock())
            else:
                sign(session, who.person, row, str(form.get("digest", "")), site.clock())
    except Refused as error:
        return _card(site, who, vendor, period, request, problem=error)
    return RedirectResponse(_address(vendor, period), 303)


def _list(site: Site, who: SignedIn, request: Request, problem: Refused | None = None) -> Response:
    with site.store.reading() as session:
        rows = list_scorecards(session, who.person)
    return _rendered(
        request,
        "scorecards.html",
        who,
        problem,
        rows=rows,
        may_issue=who.person.role in STAFF,
        vendors=sorted(site.contracts.vendors) if who.person.role in READERS else [],
        latest=latest_over("month", site.clock()).name,
        reasons=REASONS,
    )


def _card(
    site: Site, who: SignedIn, vendor: str, period: str, request: Request, problem: Refused | None = None
) -> Response:
    now_ms = site.clock()
    with site.store.reading() as session:
        row = find_scorecard(session, who.person, vendor, period)
        disputes = disputes_of(session, row)
    signed = row.vendor_signed_ms if who.person.role is Role.VENDOR_LEAD else row.our_signed_ms
    disputed = any(one.at_ms >= row.issued_ms for one in disputes)
    signers = {Role.VENDOR_LEAD, Role.DECIDER}
    return _rendered(
        request,
        "scorecard.html",
        who,
        problem,
        row=row,
        card=card_of(row),
        disputes=disputes,
        may_sign=who.person.role in signers and signed is None and not disputed,
        may_dispute=who.person.role is Role.VENDOR_LEAD and not row.is_frozen and now_ms <= row.dispute_until_ms,
        may_issue=who.person.role in STAFF and not row.is_frozen,
        display_name=site.contracts.of(vendor).display_name or vendor,
    )


def _rendered(request: Request, name: str, who: SignedIn, problem: Refused | None, **values: Any) -> Response:
    shown = render(
        request,
        name,
        who.person,
        csrf=who.csrf,
        problem=str(problem) if problem else None,
        ours=who.person.role in READERS,
        **values,
    )
    if problem is not None:
        shown.status_code = status_of(problem)
    return shown


def _demand(request: Request, form: FormData, who: SignedIn) -> None:
    demand_own_site(request)
    demand_form(str(form.get("csrf", "")), who)


def _address(vendor: str, period: str) -> str:
    return f"/scorecards/{quote(vendor, safe='')}/{quote(period, safe='')}"
