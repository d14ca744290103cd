"""What is right, said by our own people: known answers that were wrong, and items that are judged again blindly."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from alerts.escalation.api.schemas import struct_body
from alerts.escalation.cases.roles import Role
from alerts.escalation.web.bodies import RawBody, decoded
from alerts.escalation.web.what_is_right import AskedAnswer, AskedJudgment, correct_answers, judge_blindly
from alerts.escalation.web.who import Asking, TheSite, demand_role
from alerts.escalation.work.sampling import blind_items

routes = APIRouter(tags=["what is right"])


@dataclass(frozen=True, slots=True)
class Owed:
    """How many events are on their way to the stream."""

    items: int


@dataclass(frozen=True, slots=True)
class BlindView:
    """An item that waits to be judged again."""

    sample_id: str
    item_id: str
    queue: str


@routes.post("/known-answers", openapi_extra=struct_body(AskedAnswer))
def post_known_answers(site: TheSite, who: Asking, body: RawBody) -> Owed:
    """Corrects them; everybody who judged these items is scored again, and what fell with the old answer ends."""
    return Owed(correct_answers(site, who, decoded(body, AskedAnswer)))


@routes.get("/blind-items")
def get_blind_items(site: TheSite, who: Asking) -> Sequence[BlindView]:
    """Items that wait, those of all samples mixed."""
    demand_role(who, Role.DECIDER)
    with site.store.reading() as session:
        return [BlindView(*item) for item in blind_items(session)]


@routes.post("/blind-items", openapi_extra=struct_body(AskedJudgment))
def post_blind_item(site: TheSite, who: Asking, body: RawBody) -> Owed:
    """Judges one; a second time it is not there any more."""
    judge_blindly(site, who, decoded(body, AskedJudgment))
    return Owed(1)
