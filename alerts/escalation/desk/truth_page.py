"""Known answers that were wrong, and the next item to be judged again blindly."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from alerts.escalation.cases.roles import Role
from alerts.escalation.errors import Refused
from alerts.escalation.store.sessions import SignedIn
from alerts.escalation.web.forms import Form, unreadable_form
from alerts.escalation.web.problem import BadRequest, status_of
from alerts.escalation.web.site import Site
from alerts.escalation.web.templates import render
from alerts.escalation.web.what_is_right import AskedAnswer, AskedJudgment, correct_answers, judge_blindly
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
    queue = str(form.get("queue", ""))
    given: dict[str, object] = {"queue": queue, "item_ids": items, "label": None}
    try:
        given["label"] = _label(site, queue, form)
        corrected = correct_answers(site, who.person, _read(given, AskedAnswer))
    except (Refused, BadRequest) as error:
        return _refused(site, who, request, error, queue=queue, items="\n".join(items), label=given["label"])
    return RedirectResponse(f"/answers?done={corrected}", 303)


@routes.post("/answers/blind")
def post_blind(site: TheSite, who: Desk, form: Form, request: Request) -> Response:
    """Judges the item that was shown."""
    _demand(request, form, who)
    given: dict[str, object] = {name: str(form.get(name, "")).strip() for name in AskedJudgment.__struct_fields__}
    try:
        given["label"] = _label(site, str(given["queue"]), form)
        judge_blindly(site, who.person, _read(given, AskedJudgment))
    except (Refused, BadRequest) as error:
        return _refused(site, who, request, error)
    return RedirectResponse("/answers#blind", 303)


def _shown(site: Site, who: SignedIn, request: Request, **more: Any) -> Response:
    with site.store.reading() as session:
        waiting = blind_items(session)
    given: dict[str, Any] = {"queue": "", "items": "", "label": "", "done": 0, "problem": None} | more
    blind, declared = waiting[0] if waiting else None, site.queues or {}
    return render(
        request,
        "answers.html",
        who.person,
        csrf=who.csrf,
        ours=True,
        blind=blind,
        waiting=len(waiting),
        queues=declared,
        answers=declared.get(given["queue"]),
        blind_answers=declared.get(blind.queue) if blind else None,
        **given,
    )


def _refused(site: Site, who: SignedIn, request: Request, error: Refused | BadRequest, **more: object) -> Response:
    shown = _shown(site, who, request, problem=error, **more)
    shown.status_code = status_of(error)
    return shown


def _label(site: Site, queue: str, form: FormData) -> str | list[str] | None:
    """The answer of a form; of a queue whose answers are sets, all that were ticked."""
    given = [text for one in form.getlist("label") if (text := str(one).strip())]
    declared = (site.queues or {}).get(queue)
    if declared is None:
        return given[0] if given else None
    # That items have no known answer any more is said, never a field that was left as it stood.
    none, is_unsaid = bool(form.get("no_answer")), not given and not declared.is_set
    if (none and given) or (is_unsaid and not none):
        raise BadRequest("choose an answer, or say that there is none any more", code="answer_missing")
    if none:
        return None
    return given if declared.is_set else given[0]


def _read(given: Mapping[str, object], kind: type[Asked]) -> Asked:
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise unreadable_form(error) from None


def _demand(request: Request, form: FormData, who: SignedIn) -> None:
    demand_own_site(request)
    demand_form(str(form.get("csrf", "")), who)
    demand_role(who.person, Role.DECIDER)
