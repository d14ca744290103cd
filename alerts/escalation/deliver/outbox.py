"""The outbox: takes what is due for a while, and writes down how it went. What is lost with a process comes back.

A delivery is taken by a lease that ends by itself. A process that is killed after the receiver had the message but
before it could write so sends it again, under the same id: at least once, never none.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from alerts.escalation.cases.actions import Delivered
from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.roles import SYSTEM, Person
from alerts.escalation.cases.states import CaseState
from alerts.escalation.deliver.retry import next_attempt_ms
from alerts.escalation.errors import NotThere, Undeliverable, Unmet
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import CaseRow, DeliveryRow
from alerts.escalation.work.doing import Fact
from alerts.escalation.work.outages import begin_outage, end_outage
from alerts.escalation.work.perform import perform_as_system
from alerts.escalation.work.sending import Desk, fall_back, tell_desk

LEASE_MS = 120_000  # longer than any attempt may last


@dataclass(frozen=True, slots=True)
class Sender:
    """What writing down a result needs: contracts, where we are told, and chance for the jitter."""

    contracts: Contracts
    desk: Desk
    chance: Callable[[], float]


def take_due(
    session: Session,
    now_ms: int,
    most: int,
    most_a_vendor: int,
    under_way: Mapping[str | None, int],
    lease_ms: int = LEASE_MS,
) -> Sequence[DeliveryRow]:
    """Takes up to `most` due deliveries, the longest due first: `most_a_vendor` of a vendor, and none of one that has
    so many under way.
    """
    due = (DeliveryRow.state == "queued", DeliveryRow.next_ms <= now_ms, DeliveryRow.leased_until_ms <= now_ms)
    full = [vendor for vendor, count in under_way.items() if vendor is not None and count >= most_a_vendor]
    place = func.row_number().over(partition_by=DeliveryRow.vendor, order_by=(DeliveryRow.next_ms, DeliveryRow.id))
    line = select(DeliveryRow.id, DeliveryRow.vendor, place.label("place")).where(*due).subquery()
    free = or_(line.c.vendor.is_(None), line.c.vendor.not_in(full))
    asked = select(DeliveryRow).join(line, line.c.id == DeliveryRow.id).where(line.c.place <= most_a_vendor, free)
    rows = session.scalars(asked.order_by(DeliveryRow.next_ms, DeliveryRow.id).limit(most)).all()
    lease = secrets.token_hex(8)
    for row in rows:
        row.lease, row.leased_until_ms = lease, now_ms + lease_ms
    return rows


def arrived(session: Session, sender: Sender, taken: DeliveryRow, now_ms: int) -> bool:
    """It arrived. False when another had taken it meanwhile, who writes down what came of it."""
    row = _still_ours(session, taken)
    if row is None:
        return False
    row.state, row.ended_ms, row.lease, row.last_error = "delivered", now_ms, None, None
    row.attempts += 1
    case = session.get(CaseRow, row.case_id) if row.case_id else None
    record(session, _entry(row, "delivery_arrived", case, now_ms))
    if row.vendor and row.instead_of is None:
        end_outage(session, sender.contracts, row.vendor, now_ms)
    if case is not None and row.what == "case" and case.case_state is CaseState.TRIAGED:
        perform_as_system(session, sender.contracts, case, Delivered(), now_ms)
    return True


def failed(session: Session, sender: Sender, taken: DeliveryRow, why: Undeliverable, now_ms: int) -> bool:
    """It did not arrive: it is tried again, or, when the receiver is gone or a day is over, takes another way."""
    row = _still_ours(session, taken)
    if row is None:
        return False
    row.attempts += 1
    row.lease, row.leased_until_ms, row.last_error = None, 0, why.reason
    if row.first_failed_ms is None:
        row.first_failed_ms = now_ms
    if row.vendor:
        begin_outage(session, sender.contracts, row.vendor, now_ms)
    again_ms = None if why.final else next_attempt_ms(row.attempts, row.first_failed_ms, now_ms, sender.chance)
    if again_ms is not None:
        row.next_ms = again_ms
        return True
    row.state, row.ended_ms = "dead", now_ms
    case = session.get(CaseRow, row.case_id) if row.case_id else None
    record(session, _entry(row, "delivery_given_up", case, now_ms))
    if row.vendor:
        instead = fall_back(session, sender.contracts.of(row.vendor), row, now_ms)
        way = "it goes by e-mail instead" if instead else "there is no other way to this vendor"
        text = f"a message to {row.vendor} did not arrive; {way}"
        tell_desk(session, sender.desk, "undeliverable", case, text, now_ms)
    return True


def send_again(session: Session, by: Person, delivery_id: str, now_ms: int) -> DeliveryRow:
    """Queues a dead delivery again, under its id; raises NotThere, or Unmet for one that is not dead."""
    row = session.get(DeliveryRow, delivery_id)
    if row is None:
        raise NotThere(f"there is no delivery {delivery_id[:64]!r}; `raterwatch cases deliveries` lists the dead ones")
    if row.state != "dead":
        raise Unmet(f"this delivery is {row.state}; only a dead one is sent again")
    if not row.body:
        raise Unmet("the rater of this message was erased, and what it said with them; it cannot be sent again")
    row.state, row.attempts, row.next_ms, row.leased_until_ms = "queued", 0, now_ms, 0
    row.first_failed_ms = row.ended_ms = row.lease = None
    record(session, Entry(now_ms, by, "send_again", row.case_id, facts={"delivery": row.id}))
    return row


def dead_deliveries(session: Session) -> Sequence[DeliveryRow]:
    """What never arrived, the newest first."""
    return session.scalars(
        select(DeliveryRow).where(DeliveryRow.state == "dead").order_by(DeliveryRow.ended_ms.desc(), DeliveryRow.id)
    ).all()


def _still_ours(session: Session, taken: DeliveryRow) -> DeliveryRow | None:
    row = session.get(DeliveryRow, taken.id)
    return row if row is not None and row.state == "queued" and row.lease == taken.lease else None


def _entry(row: DeliveryRow, action: str, case: CaseRow | None, now_ms: int) -> Entry:
    state = case.state if case else None
    facts: dict[str, Fact] = {"delivery": row.id, "what": row.what, "channel": row.channel, "attempts": row.attempts}
    return Entry(now_ms, SYSTEM, action, row.case_id, state, state, facts)
