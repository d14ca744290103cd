"""What leaves the team, as data: facts about answers, nothing that accuses, nothing about other raters but counts."""

from collections.abc import Sequence
from typing import Any

from alerts.escalation.store.tables import AppealRow, CaseRow, FindingRow
from alerts.escalation.work.evidence import event_of, shown_items


def vendor_message(
    case: CaseRow, findings: Sequence[FindingRow], what: str, now_ms: int, appeal: AppealRow | None = None
) -> dict[str, Any]:
    """The body of a message to the case's vendor. `type` says what happened; links are added when it is sent."""
    return {
        "type": f"case.{what}",
        "at_ms": now_ms,
        "case": {
            "id": case.id,
            "kind": case.kind,
            "vendor": case.vendor,
            "queue": case.queue,
            "rater": case.rater_id,
            "topic": case.detector,
            "round": case.round,
            "said": case.said,
        },
        "findings": [_finding(finding) for finding in findings] if what == "case" else [],
        "appeal": None if appeal is None else {"receipt": appeal.id, "result": appeal.state, "reply": appeal.reply},
    }


def _finding(row: FindingRow) -> dict[str, Any]:
    event = event_of(row)
    if event is None:
        return {"id": row.id}
    return {
        "id": row.id,
        "said": event.sentence.text,
        "measure": event.measure,
        "low": event.low,
        "high": event.high,
        "usual": event.threshold,
        "judgments": event.n,
        "other_raters": event.peers,
        "items": [item._asdict() for item in shown_items(row)],
        "beside": [beside.sentence.text for beside in event.corroboration],
    }
