"""What time alone brings: cases that the cap lets in, deadlines that pass, the ladder, and cases that lapse."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.actions import Lapse
from alerts.escalation.cases.contract import Contract, Contracts
from alerts.escalation.cases.deadlines import Due, DueKind, lapses_ms, steps_passed
from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.cases.states import ENDED, FindingState
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import CaseRow, FindingRow
from alerts.escalation.work.clock import clock_of
from alerts.escalation.work.doing import Fact
from alerts.escalation.work.letting_in import Waits, wait_of
from alerts.escalation.work.perform import perform_as_system
from alerts.escalation.work.sending import Desk, remind_vendor, tell_desk
from alerts.escalation.work.take_finding import let_in
from stream.policy.declared import DeclaredPolicy

_AT_ONCE = 200  # cases a tick, so that no transaction holds the others up; the next tick does the rest
_MAY_GO = (Waits.CAP, Waits.STORM, Waits.WATCH)


class Ticked(NamedTuple):
    """What a tick did."""

    let_in: int = 0
    reminded: int = 0
    lapsed: int = 0


def tick(session: Session, contracts: Contracts, policy: DeclaredPolicy, desk: Desk, now_ms: int) -> Ticked:
    """Does what is due at `now_ms`; a second tick at the same moment does nothing."""
    entered = _let_in(session, contracts, policy, now_ms)
    reminded = lapsed = 0
    for case in _overdue(session, now_ms):
        contract = contracts.of(case.vendor)
        lapses = lapses_ms(clock_of(session, case), contract)
        if lapses is not None and lapses <= now_ms:
            perform_as_system(session, contracts, case, Lapse(), now_ms)
            lapsed += 1
        else:
            reminded += _climb(session, contract, desk, case, now_ms)
    return Ticked(entered, reminded, lapsed)


def _let_in(session: Session, contracts: Contracts, policy: DeclaredPolicy, now_ms: int) -> int:
    """Findings whose turn has come, in the order of their flags; each sees the places that are left by those before."""
    asked = select(FindingRow).where(
        FindingRow.waits.in_(_MAY_GO), FindingRow.event != "closed", FindingRow.state == FindingState.OPEN
    )
    entered = 0
    for row in session.scalars(asked.order_by(FindingRow.opened_ms, FindingRow.id).limit(_AT_ONCE)).all():
        row.waits = wait_of(session, policy, row, now_ms)
        session.flush()
        if row.waits is None:
            let_in(session, contracts, row, now_ms)
            entered += 1
    return entered


def _overdue(session: Session, now_ms: int) -> Sequence[CaseRow]:
    asked = select(CaseRow).where(CaseRow.due_ms <= now_ms, CaseRow.state.not_in(ENDED))
    return session.scalars(asked.order_by(CaseRow.due_ms, CaseRow.id)).all()


def _climb(session: Session, contract: Contract, desk: Desk, case: CaseRow, now_ms: int) -> int:
    """Tells whoever the ladder names, once a step."""
    clock = clock_of(session, case)
    due = Due(DueKind(case.due_kind or ""), case.due_ms)
    passed = steps_passed(due, contract, now_ms, clock.pauses)
    told = 0
    for step in contract.ladder[case.ladder_step : passed]:
        whom = "us" if due.kind is DueKind.REPLY else step.tell
        _tell(session, contract, desk, case, whom, now_ms)
        facts: dict[str, Fact] = {"due": due.kind.value, "told": whom}
        record(session, Entry(now_ms, SYSTEM, "overdue", case.id, case.state, case.state, facts))
        told += 1
    case.ladder_step = max(case.ladder_step, passed)
    return told


def _tell(session: Session, contract: Contract, desk: Desk, case: CaseRow, whom: str, now_ms: int) -> None:
    if whom == "us":
        tell_desk(session, desk, "overdue", case, f"the {case.due_kind} is overdue", now_ms)
    else:
        remind_vendor(session, contract, case, whom, now_ms)
