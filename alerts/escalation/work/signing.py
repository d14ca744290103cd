"""A scorecard between both sides: disputed by the vendor in time, signed by both, then frozen and on paper."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.demands import demand_own_words
from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.errors import Unmet, WrongRole, WrongState
from alerts.escalation.store.tables import DisputeRow, ScorecardRow
from alerts.escalation.work.papers import keep_paper, language_of
from alerts.escalation.work.scorecards import record_step


def dispute(session: Session, who: Person, row: ScorecardRow, words: str, now_ms: int) -> None:
    """The vendor says what is wrong. Raises Unmet when it comes too late, WrongState once both have signed."""
    if who.role is not Role.VENDOR_LEAD:
        raise WrongRole("a scorecard is disputed by the vendor's lead", code="role_may_not")
    if row.is_frozen:
        raise WrongState("both sides have signed this scorecard; it stays as it is", code="scorecard_frozen")
    if now_ms > row.dispute_until_ms:
        raise Unmet(
            "the time to dispute this scorecard is over; write to the quality desk, which can issue it again",
            code="dispute_too_late",
        )
    demand_own_words(words)
    session.add(DisputeRow(scorecard_id=row.id, digest=row.digest, by=who.id, words=words, at_ms=now_ms))
    row.vendor_signed_by = row.vendor_signed_ms = None
    record_step(session, who, "dispute_scorecard", row, now_ms, words)


def sign(session: Session, contracts: Contracts, who: Person, row: ScorecardRow, digest: str, now_ms: int) -> None:
    """Signs what was seen: `digest` is that of the page. A disputed card waits until it is issued again.

    With the second signature the card is frozen, and its paper in the contract's language is made and kept.
    """
    if who.role not in {Role.VENDOR_LEAD, Role.DECIDER}:
        raise WrongRole("a scorecard is signed by the vendor's lead and by one of our deciders", code="role_may_not")
    if digest != row.digest:
        raise WrongState("this scorecard was issued again meanwhile; read it before you sign", code="scorecard_changed")
    if any(one.at_ms >= row.issued_ms for one in disputes_of(session, row)):
        raise WrongState(
            "the vendor disputes this scorecard; issue it again, with or without changes, and say why",
            code="scorecard_disputed",
        )
    if who.role is Role.VENDOR_LEAD and row.vendor_signed_ms is None:
        row.vendor_signed_by, row.vendor_signed_ms = who.id, now_ms
    elif who.role is Role.DECIDER and row.our_signed_ms is None:
        row.our_signed_by, row.our_signed_ms = who.id, now_ms
    else:
        raise WrongState("your side has signed this scorecard already", code="signed_already")
    record_step(session, who, "sign_scorecard", row, now_ms)
    if row.is_frozen:
        keep_paper(session, contracts, row, language_of(contracts, row.vendor), now_ms)


def disputes_of(session: Session, row: ScorecardRow) -> Sequence[DisputeRow]:
    """What the vendor said, oldest first."""
    return session.scalars(select(DisputeRow).where(DisputeRow.scorecard_id == row.id).order_by(DisputeRow.id)).all()
