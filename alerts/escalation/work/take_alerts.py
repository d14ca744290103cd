"""Alertmanager's webhook: alerts about queues and vendors open cases, each alert once, and tell when they are over."""

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.actions import Reopen
from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.cases.states import ENDED, CaseKind, CaseState
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import AlertRow, CaseRow
from alerts.escalation.work.perform import perform_as_system
from alerts.escalation.work.subjects import case_about, new_case_id, subject_of

_KINDS = {"queue": CaseKind.QUEUE, "vendor": CaseKind.VENDOR}


class Alert(Struct, frozen=True, kw_only=True, rename="camel"):
    """One alert of the payload; what it has beside these fields is ignored."""

    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: datetime
    ends_at: datetime | None = None
    fingerprint: str


class Payload(Struct, frozen=True, kw_only=True):
    """Alertmanager's webhook, version 4."""

    version: Literal["4"] = "4"
    alerts: list[Alert]


def take_alerts(session: Session, contracts: Contracts, payload: Payload, now_ms: int) -> list[CaseRow]:
    """Takes all in, and returns the cases they belong to. Alerts about raters are left out: findings tell more."""
    return [case for alert in payload.alerts if (case := _take(session, contracts, alert, now_ms)) is not None]


def _take(session: Session, contracts: Contracts, alert: Alert, now_ms: int) -> CaseRow | None:
    kind = _KINDS.get(alert.labels.get("kind", ""))
    if kind is None:
        return None
    key = (alert.fingerprint, _ms(alert.starts_at))
    row = session.get(AlertRow, key)
    if row is not None:
        case = session.get_one(CaseRow, row.case_id)
        _over(session, case, row, alert, now_ms)
        return case
    if alert.status == "resolved":
        return None  # over before it was heard of
    case = _case(session, contracts, kind, alert, now_ms)
    session.add(
        AlertRow(
            fingerprint=key[0],
            starts_ms=key[1],
            name=_name(alert),
            ends_ms=None,
            case_id=case.id,
            summary=alert.annotations.get("summary", ""),
            description=alert.annotations.get("description", ""),
        )
    )
    session.flush()
    return case


def _over(session: Session, case: CaseRow, row: AlertRow, alert: Alert, now_ms: int) -> None:
    """The alert is over; a person still says what it was."""
    if alert.status != "resolved" or row.ends_ms is not None:
        return
    row.ends_ms = _ms(alert.ends_at) if alert.ends_at else now_ms
    session.flush()
    firing = select(AlertRow.fingerprint).where(AlertRow.case_id == case.id, AlertRow.ends_ms.is_(None))
    if session.scalar(firing.limit(1)) is None:
        case.alert_over_ms = row.ends_ms
        case.version += 1
        record(session, Entry(now_ms, SYSTEM, "alert_over", case.id, case.state, case.state, {"alert": row.name}))


def _case(session: Session, contracts: Contracts, kind: CaseKind, alert: Alert, now_ms: int) -> CaseRow:
    queue, vendor = alert.labels.get("queue"), alert.labels.get("vendor")
    subject = subject_of(kind, _name(alert), queue, vendor)
    case = case_about(session, subject)
    if case is None:
        case = CaseRow(
            id=new_case_id(kind),
            kind=kind.value,
            state=CaseState.OPEN.value,
            subject=subject,
            vendor=vendor if kind is CaseKind.VENDOR else None,
            queue=queue,
            detector=_name(alert),
            critical=alert.labels.get("severity") == "page",
            said=alert.annotations.get("summary", _name(alert)),
            round=1,
            version=1,
            opened_ms=now_ms,
            updated_ms=now_ms,
        )
        session.add(case)
        session.flush()
        record(session, Entry(now_ms, SYSTEM, "open", case.id, None, case.state, {"alert": _name(alert)}))
    elif case.case_state in ENDED:
        perform_as_system(session, contracts, case, Reopen(words=""), now_ms)
    case.alert_over_ms = None
    return case


def _name(alert: Alert) -> str:
    return alert.labels.get("alertname", "")[:64]


def _ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1_000)
