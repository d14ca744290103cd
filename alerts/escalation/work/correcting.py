"""A person corrects a known answer, or says what is right on an item: it goes to the stream, which scores all again."""

from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.errors import WrongRole
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.work.doing import Fact
from alerts.escalation.work.feedback import owe
from stream.events import Adjudication, Gold, Label


def correct_gold(
    session: Session,
    by: Person,
    queue: str,
    item_id: str,
    label: Label | None,
    revision: int,
    now_ms: int,
    *,
    case_id: str | None = None,
) -> Gold:
    """The item's known answer from now on, or that it has none (None). `revision` has to be above the last one's.

    Raises WrongRole. Which item it was stays out of the audit's chain: it stands in the personal part.
    """
    _decider(by, "correct a known answer")
    event = Gold(queue=queue, item_id=item_id, label=label, revision=revision, at=now_ms)
    owe(session, item_id, event, now_ms)
    told: dict[str, Fact] = {"queue": queue, "withdrawn": label is None}
    record(session, Entry(now_ms, by, "correct_gold", case_id, facts=told, personal={"item": item_id}))
    return event


def adjudicate(
    session: Session, by: Person, event: Adjudication, now_ms: int, *, case_id: str | None = None
) -> Adjudication:
    """What is right on an item, by somebody who looked at it anew; raises WrongRole."""
    _decider(by, "say what is right on an item")
    owe(session, event.item_id, event, now_ms)
    told = {"queue": event.queue, "sampling": event.sampling}
    record(session, Entry(now_ms, by, "adjudicate", case_id, facts=told, personal={"item": event.item_id}))
    return event


def _decider(by: Person, what: str) -> None:
    if by.role is not Role.DECIDER:
        raise WrongRole(f"to {what} is for: decider")
