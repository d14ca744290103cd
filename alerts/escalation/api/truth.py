"""What is right, said by our own people: known answers that were wrong, and items that are judged again blindly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter

from alerts.escalation.api.schemas import struct_body
from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.web.bodies import RawBody, decoded
from alerts.escalation.web.site import Site
from alerts.escalation.web.who import Asking, TheSite, demand_role
from alerts.escalation.work.correcting import correct_gold
from alerts.escalation.work.sampling import BlindItem, blind_items, judge_again
from stream.events import Id, ItemId, Label

routes = APIRouter(tags=["what is right"])
_ITEMS_MOST = 200


class AskedAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The known answer of some items of a queue from now on; null: they have none any more."""

    queue: Id
    item_ids: Annotated[tuple[ItemId, ...], msgspec.Meta(min_length=1, max_length=_ITEMS_MOST)]
    label: Label | None


class AskedJudgment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says of an item who knows neither the rater nor what was said."""

    sample_id: Id
    item_id: ItemId
    queue: Id
    label: Label


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


def correct_answers(site: Site, who: Person, asked: AskedAnswer) -> int:
    """In one transaction; the revision is above any that a tool counts up. Raises WrongRole."""
    demand_role(who, Role.DECIDER)
    now_ms = site.clock()
    items = tuple(dict.fromkeys(asked.item_ids))
    with site.store.writing() as session:
        for item_id in items:
            correct_gold(session, who, asked.queue, item_id, asked.label, now_ms // 1_000, now_ms)
    return len(items)


def judge_blindly(site: Site, who: Person, asked: AskedJudgment) -> None:
    """Raises WrongRole, and NotThere for an item that does not wait."""
    demand_role(who, Role.DECIDER)
    with site.store.writing() as session:
        item = BlindItem(asked.sample_id, asked.item_id, asked.queue)
        judge_again(session, who, item, asked.label, site.clock())
