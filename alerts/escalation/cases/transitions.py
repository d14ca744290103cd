"""(state, action, role) -> state, for a case, for the finding in it and for an appeal: the whole of what may happen.

Who may do what and when stands in the three tables below and nowhere else. What else has to be there first (evidence
opened, own words, a second person) is in `demands.py`.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from alerts.escalation.cases.roles import STAFF, Role
from alerts.escalation.cases.states import (
    BEFORE_VENDOR,
    ENDED,
    UNDECIDED,
    AppealState,
    CaseKind,
    CaseState,
    FindingState,
)
from alerts.escalation.errors import WrongRole, WrongState

State = TypeVar("State", bound=StrEnum)
Table = Mapping[tuple[State, str, Role], State]
_Rule = tuple[str, frozenset[Role], Mapping[State, State]]

DECIDER, LEAD, RATER, SYSTEM = (frozenset({role}) for role in (Role.DECIDER, Role.VENDOR_LEAD, Role.RATER, Role.SYSTEM))
_ALL = frozenset(CaseState)
_WITH_VENDOR = UNDECIDED - BEFORE_VENDOR
C, F, A = CaseState, FindingState, AppealState


def after(table: Table[State], state: State, action: str, role: Role) -> State:
    """The state that follows; raises WrongRole or WrongState, which say who may do it and what may be done."""
    follows = table.get((state, action, role))
    if follows is not None:
        return follows
    may = sorted({who for _, what, who in table if what == action})
    if role not in may:
        whose = f"it is for: {', '.join(may)}" if may else "it is nothing that can be done here"
        raise WrongRole(f"{action} is not for the role {role}; {whose}")
    now = ", ".join(possible(table, state, role)) or "nothing"
    raise WrongState(f"{action} is not possible while this is {state}; possible now: {now}")


def possible(table: Table[State], state: State, role: Role) -> list[str]:
    """What a role may do in a state, by name, in the order of the table: the buttons of a page."""
    return list(dict.fromkeys(action for was, action, who in table if was == state and who == role))


def case_table(kind: CaseKind) -> Table[CaseState]:
    """The table of a kind of case."""
    return CASE_TABLES[kind]


def _staying(*states: CaseState) -> dict[CaseState, CaseState]:
    return {state: state for state in states}


def _to(after_it: CaseState, *states: CaseState) -> dict[CaseState, CaseState]:
    return dict.fromkeys(states, after_it)


def _rows(*rules: _Rule[State]) -> Iterator[tuple[tuple[State, str, Role], State]]:
    for action, roles, steps in rules:
        for state, follows in steps.items():
            for role in sorted(roles):
                yield (state, action, role), follows


# With a vendor: the whole conversation.
_COMMON: tuple[_Rule[CaseState], ...] = (
    ("triage", STAFF, {C.OPEN: C.TRIAGED}),
    ("open_evidence", STAFF | LEAD, _staying(*_ALL)),
    ("clear", DECIDER, _to(C.DECIDED, *UNDECIDED)),
    ("comment", STAFF, _staying(*_ALL)),
    ("assign", STAFF, _staying(*(_ALL - ENDED))),
    ("close", STAFF | SYSTEM, {C.DECIDED: C.CLOSED}),
    ("withdraw", SYSTEM, _to(C.WITHDRAWN, *(_ALL - ENDED))),
    ("reopen", DECIDER, _to(C.TRIAGED, C.DECIDED, *ENDED)),
    ("reopen", SYSTEM, _to(C.OPEN, *ENDED)),  # it came up again
)
_VENDORS: tuple[_Rule[CaseState], ...] = (
    *_COMMON,
    ("notify", STAFF, _staying(C.TRIAGED)),
    ("delivered", SYSTEM, {C.TRIAGED: C.NOTIFIED}),
    ("acknowledge", LEAD, {C.NOTIFIED: C.ACKNOWLEDGED}),
    ("answer", LEAD, _to(C.ANSWERED, *_WITH_VENDOR)),
    # Also against what was decided, and while a case is closed: then people look again.
    ("appeal", LEAD, _to(C.ANSWERED, *_WITH_VENDOR, C.DECIDED, C.CLOSED)),
    ("grant_appeal", DECIDER, _staying(C.ANSWERED)),
    ("refuse_appeal", DECIDER, _staying(C.ANSWERED)),
    ("confirm", DECIDER, {C.ANSWERED: C.DECIDED}),
    ("lapse", SYSTEM, _to(C.CLOSED, C.NOTIFIED, C.ACKNOWLEDGED)),
)
_RATERS: tuple[_Rule[CaseState], ...] = (
    *_VENDORS,
    ("appeal", RATER, _to(C.ANSWERED, *_WITH_VENDOR, C.DECIDED, C.CLOSED)),
    ("tell_rater", STAFF | LEAD | SYSTEM, _staying(*_WITH_VENDOR, C.DECIDED)),
    ("propose_consequence", DECIDER, _staying(C.DECIDED)),
    ("sign_consequence", DECIDER, _staying(C.DECIDED)),
    ("undo_consequence", DECIDER, _staying(C.ANSWERED, C.DECIDED, *ENDED)),
)
# About a queue: our own guideline or known answers, so no vendor is asked.
_QUEUES: tuple[_Rule[CaseState], ...] = (*_COMMON, ("confirm", DECIDER, {C.TRIAGED: C.DECIDED}))

CASE_TABLES: Mapping[CaseKind, Table[CaseState]] = {
    CaseKind.RATER: dict(_rows(*_RATERS)),
    CaseKind.VENDOR: dict(_rows(*_VENDORS)),
    CaseKind.QUEUE: dict(_rows(*_QUEUES)),
}
FINDING_TABLE: Table[FindingState] = dict(
    _rows(
        ("confirm", DECIDER, {F.OPEN: F.CONFIRMED}),
        ("clear", DECIDER, {F.OPEN: F.CLEARED}),
        ("lapse", SYSTEM, {F.OPEN: F.LAPSED}),
        ("withdraw", SYSTEM, {F.OPEN: F.WITHDRAWN, F.CONFIRMED: F.WITHDRAWN, F.LAPSED: F.WITHDRAWN}),
        ("appeal", LEAD | RATER, {F.OPEN: F.OPEN, F.CONFIRMED: F.OPEN, F.LAPSED: F.OPEN}),
        ("reopen", DECIDER, dict.fromkeys((F.CONFIRMED, F.CLEARED, F.LAPSED, F.WITHDRAWN), F.OPEN)),
    )
)
APPEAL_TABLE: Table[AppealState] = dict(
    _rows(
        ("grant_appeal", DECIDER, {A.OPEN: A.GRANTED}),
        ("refuse_appeal", DECIDER, {A.OPEN: A.REFUSED}),
    )
)
