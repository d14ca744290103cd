"""What people do in cases through API and desk: the use-cases, and that what leaves the team accuses nobody."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from alerts.escalation.cases.actions import AnyAction
from alerts.escalation.cases.roles import STAFF, Person, Role
from alerts.escalation.errors import Unmet
from alerts.escalation.store.reading import find_case
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.web.site import Site
from alerts.escalation.web.who import demand_role
from alerts.escalation.work.perform import clear_all, perform
from alerts.wording import accusing_words

# Their words are read by vendor and rater.
_LEAVES_THE_TEAM = frozenset(
    {
        "confirm",
        "clear",
        "grant_appeal",
        "refuse_appeal",
        "propose_consequence",
        "sign_consequence",
        "undo_consequence",
    }
)


def act_as_person(
    session: Session, site: Site, who: Person, case_id: str, action: AnyAction, version: int | None = None
) -> CaseRow:
    """`perform`, for people; raises what it raises, and Unmet for words that accuse."""
    if action.name in _LEAVES_THE_TEAM:
        demand_fair_words(getattr(action, "words", ""), find_case(session, who, case_id))
    return perform(session, site.contracts, who, case_id, action, site.clock(), version=version)


def clear_as_person(session: Session, site: Site, who: Person, case_ids: Sequence[str], words: str) -> list[CaseRow]:
    """`clear_all`, for people."""
    for case in [find_case(session, who, case_id) for case_id in case_ids]:
        demand_fair_words(words, case)
    return clear_all(session, site.contracts, who, case_ids, words, site.clock())


def demand_fair_words(words: str, case: CaseRow) -> None:
    """Raises Unmet that names the words; vendor and rater will read them. A queue may be about spam, and say so."""
    vocabulary = f"{case.queue or ''} {case.said}".casefold()
    if found := [word for word in accusing_words(words) if word not in vocabulary]:
        told = ", ".join(f"“{word}”" for word in found)
        raise Unmet(f"vendor and rater read this: say what was seen in the answers, without {told}")


def rater_link(site: Site, who: Person, case_id: str) -> str:
    """The address of the page of the case's rater; raises NotThere, WrongRole, and Unmet where there is no rater."""
    with site.store.writing() as session:
        case = find_case(session, who, case_id)
        demand_role(who, *STAFF, Role.VENDOR_LEAD)
        if case.rater_id is None or case.vendor is None:
            raise Unmet("this case is about no rater, so there is nobody to send a link to")
        return f"{site.address}/r/{site.links.make(session, who, case.rater_id, case.vendor, site.clock())}"
