"""What leaves the team, as data: facts about answers, nothing that accuses, nothing about other raters but counts."""

from collections.abc import Sequence
from typing import Any

from alerts.escalation.said.catalogue import Tongue
from alerts.escalation.store.tables import AppealRow, CaseRow, FindingRow
from alerts.escalation.work.evidence import event_of, shown_items


def vendor_message(
    case: CaseRow,
    findings: Sequence[FindingRow],
    what: str,
    now_ms: int,
    tongue: Tongue,
    appeal: AppealRow | None = None,
) -> dict[str, Any]:
    """The body of a message to the case's vendor. `type` says what happened; links are added when it is sent.

    What findings say is said in the vendor's language, which `language` names.
    """
    return {
        "type": f"case.{what}",
        "at_ms": now_ms,
        "language": tongue.language,
        "case": {
            "id": case.id,
            "kind": case.kind,
            "vendor": case.vendor,
            "queue": case.queue,
            "rater": case.rater_id,
            "topic": case.detector,
            "round": case.round,
            "said": _case_said(case, findings, tongue),
        },
        "findings": [_finding(finding, tongue) for finding in findings] if what == "case" else [],
        "appeal": None if appeal is None else {"receipt": appeal.id, "result": appeal.state, "reply": appeal.reply},
    }


def _case_said(case: CaseRow, findings: Sequence[FindingRow], tongue: Tongue) -> str:
    events = [event for row in findings if (event := event_of(row)) is not None]
    return next((tongue.finding(event.sentence) for event in events if event.sentence.text == case.said), case.said)


def _finding(row: FindingRow, tongue: Tongue) -> dict[str, Any]:
    event = event_of(row)
    if event is None:
        return {"id": row.id}
    return {
        "id": row.id,
        "said": tongue.finding(event.sentence),
        "measure": event.measure,
        "low": event.low,
        "high": event.high,
        "usual": event.threshold,
        "judgments": event.n,
        "other_raters": event.peers,
        "items": [item._asdict() for item in shown_items(row)],
        "beside": [tongue.finding(beside.sentence) for beside in event.corroboration],
    }
