"""What waits, and how right detectors were, as it stands in the database now: the values of `metrics.py`."""

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.escalation import metrics
from alerts.escalation.cases.deadlines import DueKind
from alerts.escalation.cases.states import ENDED, CaseState
from alerts.escalation.store.tables import CaseRow, DeliveryRow, FindingRow, OutageRow, OutgoingRow
from alerts.escalation.work.precision import blind_of_detectors, precision_of_detectors
from stream.telemetry.metrics import Metric

Values = Mapping[tuple[str, ...], float]
_OURS = (CaseState.OPEN, CaseState.TRIAGED)  # that wait for one of us


def waiting_values(session: Session, now_ms: int) -> Iterator[tuple[Metric, Values]]:
    """Each metric with its values by labels; what is unknown is absent."""
    yield metrics.CASES, _counted(session, CaseRow.kind, CaseRow.state)
    yield metrics.CASES_LATE, _late(session, now_ms)
    yield metrics.CASES_OLDEST, _oldest(session, now_ms)
    yield metrics.FINDINGS_WAITING, _waiting_findings(session)
    yield metrics.DELIVERIES, _counted(session, DeliveryRow.channel, DeliveryRow.state)
    away = select(func.count(OutageRow.vendor.distinct())).where(OutageRow.ended_ms.is_(None))
    yield metrics.VENDORS_UNREACHABLE, {(): session.scalar(away) or 0}
    yield metrics.DECISIONS_OWED, {(): session.scalar(select(func.count()).select_from(OutgoingRow)) or 0}
    yield from _precision(session)
    yield metrics.DETECTOR_BLIND, _blind(session)


def _counted(session: Session, *labels: object) -> Values:
    rows = session.execute(select(*labels, func.count()).group_by(*labels))  # type: ignore[call-overload]
    return {tuple(str(label) for label in row[:-1]): row[-1] for row in rows}


def _late(session: Session, now_ms: int) -> Values:
    passed = select(CaseRow.due_kind, func.count()).where(CaseRow.due_ms < now_ms, CaseRow.state.not_in(ENDED))
    counts = Counter({str(kind): number for kind, number in session.execute(passed.group_by(CaseRow.due_kind))})
    return {(kind.value,): counts[kind.value] for kind in DueKind}


def _oldest(session: Session, now_ms: int) -> Values:
    since = select(CaseRow.state, func.min(CaseRow.updated_ms)).where(CaseRow.state.in_(_OURS)).group_by(CaseRow.state)
    began = {str(state): began_ms for state, began_ms in session.execute(since)}
    return {(state.value,): max(0, now_ms - began.get(state.value, now_ms)) / 1_000 for state in _OURS}


def _waiting_findings(session: Session) -> Values:
    held = select(FindingRow.waits, func.count()).where(FindingRow.waits.is_not(None), FindingRow.event != "closed")
    return {(str(why),): number for why, number in session.execute(held.group_by(FindingRow.waits))}


def _precision(session: Session) -> Iterator[tuple[Metric, Values]]:
    found = precision_of_detectors(session)
    yield (
        metrics.DETECTOR_DECIDED,
        {
            (one.detector, verdict): number
            for one in found
            for verdict, number in (("confirmed", one.confirmed), ("cleared", one.cleared))
        },
    )
    yield metrics.DETECTOR_PRECISION, {(one.detector,): one.value for one in found if one.value is not None}
    yield metrics.DETECTOR_PRECISION_LOW, {(one.detector,): one.low for one in found if one.low is not None}
    yield metrics.DETECTOR_WATCHES, {(one.detector,): float(one.only_watches) for one in found}


def _blind(session: Session) -> Values:
    return {
        (detector, crowd): unusual / judged
        for detector, one in blind_of_detectors(session).items()
        for crowd, unusual, judged in (
            ("flagged", one.flagged_unusual, one.flagged),
            ("others", one.others_unusual, one.others),
        )
        if judged
    }
