"""What waits before it becomes a case, and why. Nothing here changes a finding's state, only what becomes a case."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.store.tables import AlertRow, CaseRow, FindingRow
from alerts.escalation.work.precision import watching_detectors
from stream.policy.blame import Blame
from stream.policy.cap import let_go_ms
from stream.policy.declared import DAY_MS, DeclaredPolicy

STORM_ALERT = "QueueGuidelineSuspect"  # the storm guard over all shards, as the alert rules evaluate it


class Waits(StrEnum):
    """Why a finding is no case."""

    SHADOW = "shadow"  # not armed
    WATCH = "watch"  # its detector was wrong too often and only watches
    STORM = "storm"  # its queue is looked at first
    CAP = "cap"  # the vendor has as many new cases today as can be answered with care
    NO_CASE = "no_case"  # about no rater: queues and vendors come from Alertmanager


def wait_of(session: Session, policy: DeclaredPolicy, row: FindingRow, now_ms: int) -> str | None:
    """Why the finding waits; None when it may become a case now."""
    if row.rater_id is None or row.vendor is None:
        return Waits.NO_CASE
    if row.shadow:
        return Waits.SHADOW
    if row.detector in watching_detectors(session):
        return Waits.WATCH
    found = storm_of(session, policy, row.queue)
    if found and found.inhibits(row.opened_ms, now_ms, policy.of(row.queue).storm):
        return Waits.STORM
    row.let_go_ms = _turn_ms(session, policy, row, now_ms)
    return Waits.CAP if row.let_go_ms > now_ms else None


def storm_of(session: Session, policy: DeclaredPolicy, queue: str) -> Blame | None:
    """The storm in a queue, if the alert about it fires."""
    asked = select(AlertRow.starts_ms).join(CaseRow, CaseRow.id == AlertRow.case_id)
    of_queue = asked.where(AlertRow.name == STORM_ALERT, CaseRow.queue == queue, AlertRow.ends_ms.is_(None))
    since_ms = session.scalar(of_queue.order_by(AlertRow.starts_ms.desc()).limit(1))
    if since_ms is None:
        return None
    return Blame("spread", since_ms, since_ms + policy.of(queue).storm.inhibit_ms)


def _turn_ms(session: Session, policy: DeclaredPolicy, row: FindingRow, now_ms: int) -> int:
    """When the finding's rater is next in the line of its queue, vendor and level; each rater stands there once.

    First in line are the raters whose cases opened in the last day, then those who wait, in the order of their flags.
    """
    lane = select(FindingRow.rater_id, FindingRow.opened_ms, FindingRow.let_go_ms).where(
        FindingRow.queue == row.queue,
        FindingRow.vendor == row.vendor,
        FindingRow.critical == row.critical,
        FindingRow.rater_id.is_not(None),
    )
    went: dict[str | None, int] = {}
    opened = lane.where(FindingRow.case_id.is_not(None), FindingRow.let_go_ms > now_ms - DAY_MS)
    for rater_id, _, went_ms in session.execute(opened):
        went[rater_id] = min(went_ms or now_ms, went.get(rater_id, now_ms))
    if row.rater_id in went:
        return went[row.rater_id]
    waiting: dict[str | None, int] = {row.rater_id: row.opened_ms}
    for rater_id, opened_ms, _ in session.execute(
        lane.where(FindingRow.waits == Waits.CAP, FindingRow.event != "closed")
    ):
        if rater_id not in went:
            waiting[rater_id] = min(opened_ms, waiting.get(rater_id, opened_ms))
    line = sorted(waiting, key=lambda rater_id: (waiting[rater_id], rater_id or ""))
    moments = [*sorted(went.values()), *(now_ms for _ in line)]
    turns = let_go_ms(moments, policy.of(row.queue).cap.cases_per_queue_and_vendor)
    return turns[len(went) + line.index(row.rater_id)]
