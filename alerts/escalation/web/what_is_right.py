"""What our own people say is right, through API and desk: corrected known answers, and items judged again blindly."""

from typing import Annotated

import msgspec

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.errors import Unmet
from alerts.escalation.web.site import Site
from alerts.escalation.web.who import demand_role
from alerts.escalation.work.correcting import correct_gold
from alerts.escalation.work.sampling import BlindItem, judge_again
from stream.events import Id, ItemId, Label

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


def correct_answers(site: Site, who: Person, asked: AskedAnswer) -> int:
    """In one transaction; the revision is above any that a tool counts up. Raises WrongRole, and Unmet for an answer
    that the queue does not have."""
    demand_role(who, Role.DECIDER)
    demand_answer(site, asked.queue, asked.label)
    now_ms = site.clock()
    items = tuple(dict.fromkeys(asked.item_ids))
    with site.store.writing() as session:
        for item_id in items:
            correct_gold(session, who, asked.queue, item_id, asked.label, now_ms // 1_000, now_ms)
    return len(items)


def judge_blindly(site: Site, who: Person, asked: AskedJudgment) -> None:
    """Raises WrongRole, Unmet for an answer that the queue does not have, and NotThere for an item that does not
    wait."""
    demand_role(who, Role.DECIDER)
    demand_answer(site, asked.queue, asked.label)
    with site.store.writing() as session:
        item = BlindItem(asked.sample_id, asked.item_id, asked.queue)
        judge_again(session, who, item, asked.label, site.clock())


def demand_answer(site: Site, queue: str, label: Label | None) -> None:
    """Raises Unmet that lists what there is. Without a queues file anything goes; None is no answer, and fine."""
    if site.queues is None:
        return
    declared = site.queues.get(queue)
    if declared is None:
        raise Unmet(
            "{queue} is no queue of the queues file; there are: {queues}",
            code="no_such_queue",
            queue=repr(queue),
            queues=", ".join(site.queues),
        )
    if label is None:
        return
    given = label if isinstance(label, list) else [label]
    unknown = [one for one in given if str(one) not in declared.labels]  # a level of a scale is a number
    if unknown or isinstance(label, list) is not declared.is_set:
        raise Unmet(
            "{label} is no answer in {queue}; there are: {labels}",
            code="no_such_answer",
            label=repr(unknown[0] if unknown else label),
            queue=queue,
            labels=", ".join(declared.labels),
        )
