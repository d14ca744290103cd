"""Cases over HTTP: listed, read, exported, and everything that may be done in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from alerts.escalation.api.filters import narrowed_by
from alerts.escalation.api.schemas import PersonAction, action_body, clearing_body
from alerts.escalation.cases.actions import WORDS_CHARS
from alerts.escalation.cases.roles import Role
from alerts.escalation.errors import Unmet
from alerts.escalation.said.catalogue import negotiated, tongue
from alerts.escalation.store.reading import (
    PAGE,
    PAGE_MOST,
    CaseFilter,
    count_cases,
    find_case,
    findings_of,
    list_cases,
)
from alerts.escalation.web import cursor
from alerts.escalation.web.acting import act_as_person, clear_as_person, rater_link
from alerts.escalation.web.audited import note_read
from alerts.escalation.web.bodies import RawBody, decoded
from alerts.escalation.web.case_view import (
    case_line,
    case_view,
    finding_view,
    has_opened,
    history_view,
)
from alerts.escalation.web.exports import cases_csv, evidence_csv
from alerts.escalation.web.shown import CaseLine, CaseView, EventView, FindingView
from alerts.escalation.web.who import Asking, TheSite, demand_reader, demand_role
from alerts.escalation.work.perform import BULK_MOST

routes = APIRouter(tags=["cases"])
Narrowed = Annotated[CaseFilter, Depends(narrowed_by)]
After = Annotated[str | None, Query(max_length=400, description="`next` of the page before.")]
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of cases by deadline, the most urgent first; `next` is for `after=` and null at the end."""

    cases: Sequence[CaseLine]
    next: str | None
    count: int  # of all that match


@routes.get("/cases")
def get_cases(
    site: TheSite,
    who: Asking,
    narrowed: Narrowed,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MOST)] = PAGE,
) -> CaseList:
    """A page of the cases that the token's person may see."""
    demand_reader(who)
    with site.store.reading() as session:
        page = list_cases(session, who, narrowed, cursor.from_text(after), limit)
        found = CaseList([case_line(who, one) for one in page.cases], cursor.to_text(page.next), 0)
        found = CaseList(found.cases, found.next, count_cases(session, who, narrowed))
    note_read(site, who, "read_list", facts={"cases": len(found.cases)})
    return found


@routes.get("/cases.csv", response_class=Response, responses=CSV)
def export_cases(site: TheSite, who: Asking, narrowed: Narrowed, after: After = None) -> Response:
    """The cases as CSV, at most 500 at once; the header `Link: <…>; rel="next"` leads to the next ones."""
    demand_reader(who)
    with site.store.reading() as session:
        page = list_cases(session, who, narrowed, cursor.from_text(after), PAGE_MOST)
        body = cases_csv([case_line(who, one) for one in page.cases])
    note_read(site, who, "export", facts={"cases": len(page.cases)})
    follows = cursor.to_text(page.next)
    headers = {"Link": f'<?after={follows}>; rel="next"'} if follows else {}
    return Response(body, media_type="text/csv", headers=headers)


@routes.post("/cases/clear", openapi_extra=clearing_body())
def clear_cases(site: TheSite, who: Asking, body: RawBody) -> CaseList:
    """Clears many cases for one reason, all or none. Nothing else can be done to many at once."""
    demand_reader(who)
    demand_role(who, Role.DECIDER)
    asked = decoded(body, _Clearing)
    with site.store.writing() as session:
        rows = clear_as_person(session, site, who, asked.cases, asked.words)
        found = [case_line(who, row) for row in rows]
    return CaseList(found, None, len(found))


@routes.get("/cases/{case_id}")
def get_case(site: TheSite, who: Asking, case_id: str, request: Request) -> CaseView:
    """A whole case. Its items are there once its evidence was opened (action `open_evidence`) in this round."""
    said = tongue(negotiated(request.headers.get("accept-language", "")))
    with site.store.reading() as session:
        found = case_view(session, who, find_case(session, who, case_id), said)
    note_read(site, who, "read_case", case_id)
    return found


@routes.get("/cases/{case_id}/evidence")
def get_evidence(site: TheSite, who: Asking, case_id: str, request: Request) -> Sequence[FindingView]:
    """The findings with their items; refused until the evidence was opened."""
    said = tongue(negotiated(request.headers.get("accept-language", "")))
    with site.store.reading() as session:
        case = find_case(session, who, case_id)
        if not has_opened(session, who, case):
            raise Unmet('open the evidence first: POST {"action": "open_evidence"} to the case\'s actions')
        found = [finding_view(one, said, with_items=True) for one in findings_of(session, case)]
    note_read(site, who, "read_case", case_id, {"evidence": True})
    return found


@routes.get("/cases/{case_id}/evidence.csv", response_class=Response, responses=CSV)
def export_evidence(site: TheSite, who: Asking, case_id: str, request: Request) -> Response:
    """The items behind the findings as CSV; refused until the evidence was opened."""
    found = get_evidence(site, who, case_id, request)
    note_read(site, who, "export", case_id)
    return Response(evidence_csv(found), media_type="text/csv")


@routes.get("/cases/{case_id}/history")
def get_history(site: TheSite, who: Asking, case_id: str) -> Sequence[EventView]:
    """What happened in the case, oldest first; to our own people also who looked at it."""
    with site.store.reading() as session:
        found = history_view(session, who, find_case(session, who, case_id), reads=True)
    note_read(site, who, "read_case", case_id, {"history": True})
    return found


@routes.post("/cases/{case_id}/actions", openapi_extra=action_body())
def act(
    site: TheSite,
    who: Asking,
    case_id: str,
    body: RawBody,
    version: Annotated[int | None, Query(ge=0, description="The case's version that you saw.")] = None,
) -> CaseLine:
    """Does something in the case; 409 names what is possible now, 422 says what has to come first."""
    with site.store.reading() as session:
        find_case(session, who, case_id)  # what is not there is told before what is wrong with the body
    action = decoded(body, PersonAction)
    with site.store.writing() as session:
        return case_line(who, act_as_person(session, site, who, case_id, action, version))


@dataclass(frozen=True, slots=True)
class RaterLink:
    """The address of a rater's own page; it is shown this once."""

    address: str


@routes.post("/cases/{case_id}/rater-link")
def make_rater_link(site: TheSite, who: Asking, case_id: str) -> RaterLink:
    """A link for the rater of the case, to be handed over by whoever is in contact."""
    return RaterLink(rater_link(site, who, case_id))


class _Clearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cases: Annotated[list[str], msgspec.Meta(min_length=1, max_length=BULK_MOST)]
    words: Annotated[str, msgspec.Meta(max_length=WORDS_CHARS)]
