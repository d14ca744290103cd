"""A finding from topic `findings`: kept with its readings, and turned into a case when it may be."""

import msgspec
from sqlalchemy.orm import Session

from alerts.escalation.cases.actions import Reopen, Withdraw
from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.cases.states import ENDED, CaseKind, CaseState, FindingState
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.reading import findings_of
from alerts.escalation.store.tables import CaseRow, FindingRow, ReadingRow
from alerts.escalation.work.doing import Fact
from alerts.escalation.work.letting_in import Waits, wait_of
from alerts.escalation.work.perform import perform_as_system
from alerts.escalation.work.subjects import case_about, new_case_id, subject_of
from stream.events import Finding
from stream.policy.declared import DeclaredPolicy

CRITICAL = "critical"


def take_finding(
    session: Session, contracts: Contracts, policy: DeclaredPolicy, finding: Finding, now_ms: int
) -> FindingRow | None:
    """Takes it in; None when this version, or a later one, was taken already: what is delivered twice counts once."""
    row = session.get(FindingRow, finding.id)
    if row is not None and row.version >= finding.version:
        return None
    row = _kept(session, row, finding)
    if finding.event == "closed":
        _closed(session, contracts, row, now_ms)
    elif row.case_id is None and row.state == FindingState.OPEN:
        row.waits = wait_of(session, policy, row, now_ms)
        if row.waits is None:
            let_in(session, contracts, row, now_ms)
    elif row.case_id is not None:
        _refresh(session, row, now_ms)
    return row


def let_in(session: Session, contracts: Contracts, row: FindingRow, now_ms: int) -> CaseRow:
    """Makes the finding part of the case of its rater, queue and detector: a new one, or the one that there is."""
    subject = subject_of(CaseKind.RATER, row.rater_id, row.queue, row.detector)
    case = case_about(session, subject)
    if case is None:
        case = _opened(session, row, subject, now_ms)
    elif case.case_state in ENDED:
        perform_as_system(session, contracts, case, Reopen(words=""), now_ms)
    row.case_id, row.waits, row.let_go_ms = case.id, None, now_ms
    facts: dict[str, Fact] = {"finding": row.id, "version": row.version, "critical": row.critical}
    facts["detector"] = row.detector
    record(session, Entry(now_ms, SYSTEM, "join", case.id, None, case.state, facts))
    _refresh(session, row, now_ms)
    session.flush()
    return case


def _kept(session: Session, row: FindingRow | None, finding: Finding) -> FindingRow:
    if row is None:
        row = FindingRow(id=finding.id, state=FindingState.OPEN.value, waits=Waits.CAP)
        session.add(row)
    row.version, row.event, row.why = finding.version, finding.event, finding.why
    row.queue, row.vendor, row.rater_id = finding.queue, finding.vendor, finding.rater_id
    row.detector, row.shadow = finding.detector, finding.shadow
    row.opened_ms, row.at_ms = finding.opened_at, finding.at
    row.critical = finding.state == CRITICAL or (finding.event == "closed" and bool(row.critical))
    row.body = msgspec.json.encode(finding).decode()
    session.flush()
    session.add(
        ReadingRow(
            finding_id=finding.id,
            version=finding.version,
            at_ms=finding.at,
            measure=finding.measure,
            low=finding.low,
            high=finding.high,
            usual=finding.threshold,
            n=finding.n,
        )
    )
    session.flush()
    return row


def _closed(session: Session, contracts: Contracts, row: FindingRow, now_ms: int) -> None:
    """A corrected known answer withdraws the case; when evidence went by itself, people still decide what they saw."""
    case = session.get(CaseRow, row.case_id) if row.case_id else None
    if case is None:
        row.waits = None
        if row.why == "gold_corrected":
            row.state = FindingState.WITHDRAWN.value
        return
    facts = {"finding": row.id, "why": row.why}
    record(session, Entry(now_ms, SYSTEM, "finding_closed", case.id, case.state, case.state, facts))
    if row.why != "gold_corrected" or case.case_state in ENDED:
        return
    others = [other for other in findings_of(session, case) if other.id != row.id]
    if any(other.event != "closed" and other.state == FindingState.OPEN for other in others):
        # The rest of the case stands; only this finding is gone from it.
        row.state = FindingState.WITHDRAWN.value
        return
    perform_as_system(session, contracts, case, Withdraw(), now_ms)


def _opened(session: Session, row: FindingRow, subject: str, now_ms: int) -> CaseRow:
    case = CaseRow(
        id=new_case_id(CaseKind.RATER),
        kind=CaseKind.RATER.value,
        state=CaseState.OPEN.value,
        subject=subject,
        vendor=row.vendor,
        queue=row.queue,
        detector=row.detector,
        rater_id=row.rater_id,
        critical=row.critical,
        said="",
        round=1,
        version=1,
        opened_ms=now_ms,
        updated_ms=now_ms,
    )
    session.add(case)
    session.flush()
    record(session, Entry(now_ms, SYSTEM, "open", case.id, None, case.state, {"finding": row.id}))
    return case


def _refresh(session: Session, row: FindingRow, now_ms: int) -> None:
    """The case says what its finding now says; a finding that changed its name keeps its case."""
    case = session.get_one(CaseRow, row.case_id)
    if case.case_state in ENDED or case.case_state is CaseState.DECIDED:
        return  # what was decided stays as it was seen
    case.said = msgspec.json.decode(row.body, type=Finding).sentence.text
    case.critical, case.detector = case.critical or row.critical, row.detector
    case.version += 1
    case.updated_ms = now_ms
