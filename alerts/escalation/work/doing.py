"""What an action's effect works on, and what it leaves for the audit."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from alerts.escalation.cases.contract import Contract
from alerts.escalation.cases.roles import Person
from alerts.escalation.store.tables import CaseRow

Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Doing:
    """An action that state and role allow, on its way: in whose case, by whom, when."""

    session: Session
    contract: Contract
    case: CaseRow
    who: Person
    now_ms: int
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the audit says of it: facts without anything personal, and the personal part."""

    facts: dict[str, Fact] = field(default_factory=dict)
    personal: dict[str, object] = field(default_factory=dict)
