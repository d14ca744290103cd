"""Known answers that were wrong, and the next item to be judged again blindly."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from alerts.escalation.api.truth import AskedAnswer, AskedJudgment, correct_answers, judge_blindly
from alerts.escalation.cases.roles import Role
from alerts.escalation.errors import Refused
from alerts.escalation.store.sessions import SignedIn
from alerts.escalation.web.forms import Form
from alerts.escalation.web.problem import BadRequest, status_of
from alerts.escalation.web.site import Site
from alerts.escalation.web.templates import render
from alerts.escalation.web.who import Desk, TheSite, demand_form, demand_own_site, demand_role
from alerts.escalation.work.sampling import blind_items

routes = APIRouter(include_in_schema=False)
Asked = TypeVar("Asked", bound=msgspec.Struct)


@routes.get("/answers")
def get_answers(site: TheSite, who: Desk, request: Request, queue: str = "", done: int = 0) -> Response:
    """Both forms; `queue` is where somebody came from."""
    demand_role(who.person, Role.DECIDER)
    return _shown(site, who, request, queue=queue[:128], done=done)


@routes.post("/answers")
def post_answers(site: TheSite, who: Desk, form: Form, request: Request) -> Response:
    """Corrects known answers, an item a line; without a label they have none any more."""
    _demand(request, form, who)
    items = [line.strip() for line in str(form.get("item_ids", "")).splitlines() if line.strip()]
    given = {
        "queue": str(form.get("queue", "")),
        "item_ids": items,
        "label": str(form.get("label", "")).strip() or None,
    }
    try:
        corrected = correct_answers(site, who.person, _read(given, AskedAnswer))
    except (Refused, BadRequest) as error:
        return _refused(site, who, request, error, queue=given["queue"], items="\n".join(items), label=given["label"])
    return RedirectResponse(f"/answers?done={corrected}", 303)


@routes.post("/answers/blind")
def post_blind(site: TheSite, who: Desk, form: Form, request: Request) -> Response:
    """Judges the item that was shown."""
    _demand(request, form, who)
    given = {name: str(form.get(name, "")).strip() for name in AskedJudgment.__struct_fields__}
    try:
        judge_blindly(site, who.person, _read(given, AskedJudgment))
    except (Refused, BadRequest) as error:
        return _refused(site, who, request, error)
    return RedirectResponse("/answers#blind", 303)


def _shown(site: Site, who: SignedIn, request: Request, **more: object) -> Response:
    with site.store.reading() as session:
        waiting = blind_items(session)
    given = {"queue": "", "items": "", "label": "", "done": 0, "problem": None} | more
    blind = waiting[0] if waiting else None
    return render(
        request, "answers.html", who.person, csrf=who.csrf, ours=True, blind=blind, waiting=len(waiting), **given
    )


def _refused(site: Site, who: SignedIn, request: Request, error: Exception, **more: object) -> Response:
    shown = _shown(site, who, request, problem=str(error), **more)
    shown.status_code = status_of(error)  # type: ignore[arg-type]
    return shown


def _read(given: Mapping[str, object], kind: type[Asked]) -> Asked:
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise BadRequest(f"the form is not complete: {error}") from None


def _demand(request: Request, form: FormData, who: SignedIn) -> None:
    demand_own_site(request)
    demand_form(str(form.get("csrf", "")), who)
    demand_role(who.person, Role.DECIDER)
