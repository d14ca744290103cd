"""What people decided goes back to the stream: written with the decision, sent by `feed/` until Kafka has it."""

import msgspec
from sqlalchemy.orm import Session

from alerts.escalation.store.tables import FindingRow, OutgoingRow
from stream.events import Adjudication, Gold, Verdict


def owe_verdict(session: Session, finding: FindingRow, verdict: str, by: str, now_ms: int) -> None:
    """A verdict restarts the finding's detector for the rater."""
    if finding.rater_id is None:
        return
    event = msgspec.convert(
        {
            "type": "verdict",
            "finding_id": finding.id,
            "rater_id": finding.rater_id,
            "queue": finding.queue,
            "verdict": verdict,
            "by": by,
            "at": now_ms,
        },
        Verdict,
    )
    owe(session, finding.rater_id, event, now_ms)


def owe(session: Session, key: str, event: Verdict | Adjudication | Gold, now_ms: int) -> None:
    """An event for topic `judgments`; `key` is the item's or rater's id, as every producer keys it."""
    session.add(OutgoingRow(key=key, value=msgspec.json.encode(event).decode(), created_ms=now_ms))
