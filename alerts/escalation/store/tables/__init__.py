"""The tables, a subject a file. Times are milliseconds since the epoch in columns named *_ms."""

from alerts.escalation.store.tables.access import SessionRow, TokenRow
from alerts.escalation.store.tables.audit import AuditPart, AuditRow
from alerts.escalation.store.tables.base import Table
from alerts.escalation.store.tables.cases import CaseRow, CommentRow, EvidenceViewRow
from alerts.escalation.store.tables.decisions import AppealRow, ConsequenceRow, DecisionRow
from alerts.escalation.store.tables.deliveries import DeliveryRow, OutageRow, OutgoingRow
from alerts.escalation.store.tables.findings import AlertRow, FindingRow, ReadingRow
from alerts.escalation.store.tables.holds import HoldRow
from alerts.escalation.store.tables.samples import SampleItemRow, SampleRow
from alerts.escalation.store.tables.scorecards import DisputeRow, ExclusionRow, ScorecardRow

__all__ = [
    "AlertRow",
    "AppealRow",
    "AuditPart",
    "AuditRow",
    "CaseRow",
    "CommentRow",
    "ConsequenceRow",
    "DecisionRow",
    "DeliveryRow",
    "DisputeRow",
    "EvidenceViewRow",
    "ExclusionRow",
    "FindingRow",
    "HoldRow",
    "OutageRow",
    "OutgoingRow",
    "ReadingRow",
    "SampleItemRow",
    "SampleRow",
    "ScorecardRow",
    "SessionRow",
    "Table",
    "TokenRow",
]
