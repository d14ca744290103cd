"""Do something in a case: the one way in which a case, its findings and appeals change."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from alerts.escalation.cases.actions import AnyAction, Clear
from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.roles import SYSTEM, Person
from alerts.escalation.cases.states import ENDED
from alerts.escalation.cases.transitions import after, case_table, possible
from alerts.escalation.errors import WrongState
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.reading import find_case
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.work.clock import set_clock
from alerts.escalation.work.doing import Doing
from alerts.escalation.work.effects import effect_of

BULK_MOST = 200


def perform(
    session: Session,
    contracts: Contracts,
    who: Person,
    case_id: str,
    action: AnyAction,
    now_ms: int,
    *,
    version: int | None = None,
    bulk: bool = False,
) -> CaseRow:
    """Does it, in a session opened by `Store.writing`, whose end commits case, audit and deliveries together.

    `version` is the case's version that the person saw. Raises NotThere for a case that is not there or not visible,
    WrongRole and WrongState for what the table does not allow, WrongState when somebody else changed the case
    meanwhile, and Unmet when something has to come first. Then nothing is changed.
    """
    case = find_case(session, who, case_id)
    if version is not None and version != case.version:
        raise WrongState("somebody else changed this case meanwhile; load it again and look at what is new")
    before = case.case_state
    follows = after(case_table(case.case_kind), before, action.name, who.role)
    doing = Doing(session, contracts.of(case.vendor), case, who, now_ms, bulk)
    told = effect_of(action)(doing, action)
    case.state = follows
    case.version += 1
    case.updated_ms = now_ms
    if (follows in ENDED) != (before in ENDED):
        case.ended_ms = now_ms if follows in ENDED else None
    set_clock(session, case, doing.contract)
    record(session, Entry(now_ms, who, action.name, case.id, before, follows, told.facts, told.personal))
    return case


def clear_all(
    session: Session, contracts: Contracts, who: Person, case_ids: Sequence[str], words: str, now_ms: int
) -> list[CaseRow]:
    """Clears many cases for one reason, all or none. The only thing that can be done to many at once."""
    if len(case_ids) > BULK_MOST:
        raise WrongState(f"at most {BULK_MOST} cases can be cleared at once; choose fewer")
    return [
        perform(session, contracts, who, case_id, Clear(words=words), now_ms, bulk=True)
        for case_id in dict.fromkeys(case_ids)
    ]


def actions_for(case: CaseRow, who: Person) -> list[str]:
    """What the person may do in the case as it stands, by name: the buttons of a page."""
    return possible(case_table(case.case_kind), case.case_state, who.role)


def perform_as_system(session: Session, contracts: Contracts, case: CaseRow, action: AnyAction, now_ms: int) -> CaseRow:
    """What the service itself does: a delivery arrived, a deadline passed, a known answer was corrected."""
    return perform(session, contracts, SYSTEM, case.id, action, now_ms)
