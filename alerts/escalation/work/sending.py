"""Queues what is to be sent: a row in the outbox, written in the transaction of what it tells of."""

import secrets

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
) -> DeliveryRow:
    """A row of the outbox; its id is the message's at every attempt."""
    row = DeliveryRow(
        id=f"msg_{secrets.token_hex(16)}",
        case_id=case and case.id,
        vendor=case.vendor if case else vendor,
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


def is_under_way(session: Session, case_id: str, what: str) -> bool:
    """Whether a message of this kind about the case still waits to arrive."""
    asked = select(DeliveryRow.id).where(
        DeliveryRow.case_id == case_id, DeliveryRow.what == what, DeliveryRow.state == "queued"
    )
    return session.scalar(asked.limit(1)) is not None
