"""The list of cases by deadline, its filters, its export, and the one thing that is done to many at once."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from alerts.escalation.cases.roles import READERS, Role
from alerts.escalation.cases.states import CaseKind, CaseState
from alerts.escalation.desk.filters import filter_of_form
from alerts.escalation.errors import Refused
from alerts.escalation.store.reading import PAGE_MOST, CaseFilter, count_cases, list_cases
from alerts.escalation.store.sessions import SignedIn
from alerts.escalation.web import cursor
from alerts.escalation.web.acting import clear_as_person
from alerts.escalation.web.audited import note_read
from alerts.escalation.web.case_view import case_line
from alerts.escalation.web.exports import cases_csv
from alerts.escalation.web.forms import Form
from alerts.escalation.web.problem import status_of
from alerts.escalation.web.site import Site
from alerts.escalation.web.templates import render
from alerts.escalation.web.who import Desk, TheSite, demand_form, demand_own_site, demand_reader, demand_role

routes = APIRouter(include_in_schema=False)
Narrowed = Annotated[CaseFilter, Depends(filter_of_form)]
PAGE = 50


@routes.get("/cases")
def get_cases(site: TheSite, who: Desk, narrowed: Narrowed, request: Request, after: str = "") -> Response:
    """A page of the list."""
    demand_reader(who.person)
    return _shown(site, who, narrowed, request, after)


@routes.get("/cases.csv")
def get_csv(site: TheSite, who: Desk, narrowed: Narrowed, after: str = "") -> Response:
    """The cases that the filters leave, at most 500 of them, the most urgent first."""
    demand_reader(who.person)
    with site.store.reading() as session:
        page = list_cases(session, who.person, narrowed, cursor.from_text(after), PAGE_MOST)
        body = cases_csv([case_line(who.person, one) for one in page.cases])
    note_read(site, who.person, "export", facts={"cases": len(page.cases)})
    headers = {"Content-Disposition": 'attachment; filename="cases.csv"'}
    return Response(body, media_type="text/csv", headers=headers)


@routes.post("/cases/clear")
def post_clear(site: TheSite, who: Desk, form: Form, request: Request) -> Response:
    """Clears the chosen ones, all or none; a refusal is told above the list."""
    demand_own_site(request)
    demand_form(str(form.get("csrf", "")), who)
    demand_role(who.person, Role.DECIDER)
    chosen, words = [str(one) for one in form.getlist("cases")], str(form.get("words", ""))
    try:
        with site.store.writing() as session:
            clear_as_person(session, site, who.person, chosen, words)
    except Refused as error:
        shown = _shown(site, who, CaseFilter(), request, "", problem=str(error), words=words, chosen=chosen)
        shown.status_code = status_of(error)
        return shown
    return RedirectResponse("/cases", 303)


def _shown(site: Site, who: SignedIn, narrowed: CaseFilter, request: Request, after: str, **more: Any) -> Response:
    with site.store.reading() as session:
        page = list_cases(session, who.person, narrowed, cursor.from_text(after), PAGE)
        count = count_cases(session, who.person, narrowed)
    note_read(site, who.person, "read_list", facts={"cases": len(page.cases)})
    asked = [(key, value) for key, value in request.query_params.multi_items() if key not in {"after", "language"}]
    follows = cursor.to_text(page.next)
    return render(
        request,
        "cases.html",
        who.person,
        csrf=who.csrf,
        cases=[case_line(who.person, one) for one in page.cases],
        count=count,
        now_ms=site.clock(),
        narrowed=narrowed,
        is_narrowed=narrowed != CaseFilter(),
        first_page=f"?{urlencode(asked)}" if after else None,
        next_page=f"?{urlencode([*asked, ('after', follows)])}" if follows else None,
        export=f"/cases.csv?{urlencode(asked)}",
        states=list(CaseState),
        kinds=list(CaseKind),
        ours=who.person.role in READERS,
        **({"problem": None, "words": "", "chosen": []} | more),
    )
