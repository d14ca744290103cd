"""Queues what is to be sent: a row in the outbox, written in the transaction of what it tells of."""

import secrets
from typing import NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.contract import Contract
from alerts.escalation.deliver.messages import vendor_message
from alerts.escalation.store.reading import findings_of
from alerts.escalation.store.tables import AppealRow, CaseRow, DeliveryRow


def send_to_vendor(
    session: Session, contract: Contract, case: CaseRow, what: str, now_ms: int, *, appeal: AppealRow | None = None
) -> list[DeliveryRow]:
    """Queues a message to the vendor, by webhook where there is one, else by e-mail; nothing without either."""
    if contract.webhook is not None:
        channel, address = "webhook", contract.webhook.url
    elif contract.lead_email is not None:
        channel, address = "email", contract.lead_email
    else:
        return []
    body = vendor_message(case, findings_of(session, case), what, now_ms, appeal)
    return [queue_delivery(session, channel, address, what, body, now_ms, case=case)]


class Desk(NamedTuple):
    """Where our own quality desk is told: an e-mail address, and whether there is a Slack webhook."""

    email: str | None = None
    slack: bool = False


def remind_vendor(session: Session, contract: Contract, case: CaseRow, whom: str, now_ms: int) -> list[DeliveryRow]:
    """A reminder to the lead, by the usual way, or by e-mail to the manager."""
    if whom == "lead" or contract.manager_email is None:
        return send_to_vendor(session, contract, case, "reminder", now_ms)
    body = vendor_message(case, (), "reminder", now_ms)
    return [queue_delivery(session, "email", contract.manager_email, "reminder", body, now_ms, case=case)]


def tell_desk(
    session: Session, desk: Desk, what: str, case: CaseRow | None, text: str, now_ms: int
) -> list[DeliveryRow]:
    """A line to our own people: which case, what about it; the link leads to the rest."""
    body = {"type": f"desk.{what}", "at_ms": now_ms, "case_id": case and case.id, "text": text}
    ways = [("slack", "us")] if desk.slack else []
    ways += [("email", desk.email)] if desk.email else []
    return [
        queue_delivery(session, channel, address, what, body, now_ms, case=case, to_us=True)
        for channel, address in ways
    ]


def queue_delivery(  # noqa: PLR0913 (a message has as many parts)
    session: Session,
    channel: str,
    address: str,
    what: str,
    body: object,
    now_ms: int,
    *,
    case: CaseRow | None = None,
    vendor: str | None = None,
    instead_of: str | None = None,
    to_us: bool = False,
) -> DeliveryRow:
    """A row of the outbox; its id is the message's at every attempt."""
    row = DeliveryRow(
        id=f"msg_{secrets.token_hex(16)}",
        case_id=case and case.id,
        vendor=None if to_us else (case.vendor if case else vendor),
        what=what,
        channel=channel,
        address=address,
        body=msgspec.json.encode(body).decode(),
        state="queued",
        attempts=0,
        created_ms=now_ms,
        next_ms=now_ms,
        leased_until_ms=0,
        instead_of=instead_of,
    )
    session.add(row)
    session.flush()
    return row


def fall_back(session: Session, contract: Contract, row: DeliveryRow, now_ms: int) -> DeliveryRow | None:
    """The same message by e-mail, where a webhook did not take it and the contract names an address."""
    if row.channel != "webhook" or contract.lead_email is None:
        return None
    case = session.get(CaseRow, row.case_id) if row.case_id else None
    body = msgspec.json.decode(row.body)
    return queue_delivery(session, "email", contract.lead_email, row.what, body, now_ms, case=case, instead_of=row.id)


def is_under_way(session: Session, case_id: str, what: str) -> bool:
    """Whether a message of this kind about the case still waits to arrive."""
    asked = select(DeliveryRow.id).where(
        DeliveryRow.case_id == case_id, DeliveryRow.what == what, DeliveryRow.state == "queued"
    )
    return session.scalar(asked.limit(1)) is not None
