"""A scorecard's way: issued by us, disputed by the vendor in time, issued again, signed by both, then frozen."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from alerts.escalation.cases.calendar import after_business_days
from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.demands import demand_own_words
from alerts.escalation.cases.roles import READERS, STAFF, Person, Role
from alerts.escalation.errors import NotThere, Unmet, WrongRole, WrongState
from alerts.escalation.scorecards.card import Card, Excluded, make_card
from alerts.escalation.scorecards.period import Period, period_named
from alerts.escalation.scorecards.port import VendorCounts
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import DisputeRow, ExclusionRow, ScorecardRow

DISPUTE_BUSINESS_DAYS = 10
REASONS = ("known_answer", "storm", "training")
_SHOWN = 200
_DAYS_MOST = 92


def visible_scorecards(person: Person) -> ColumnElement[bool]:
    """The condition on `scorecards` for every list and search: a vendor sees its own, raters and engineers none."""
    if person.role in READERS:
        return true()
    return ScorecardRow.vendor == person.vendor if person.role is Role.VENDOR_LEAD else false()


def list_scorecards(session: Session, person: Person) -> Sequence[ScorecardRow]:
    """The latest periods first."""
    asked = select(ScorecardRow).where(visible_scorecards(person)).order_by(ScorecardRow.issued_ms.desc())
    return session.scalars(asked.limit(_SHOWN)).all()


def find_scorecard(session: Session, person: Person, vendor: str, period: str) -> ScorecardRow:
    """The card; raises NotThere when none was issued, and just so when it is somebody else's."""
    asked = select(ScorecardRow).where(ScorecardRow.vendor == vendor, ScorecardRow.period == period)
    row = session.scalar(asked.where(visible_scorecards(person)))
    if row is None:
        raise NotThere("there is no scorecard of this vendor and period here; see the list of scorecards")
    return row


def issue(
    session: Session, contracts: Contracts, counts: VendorCounts, who: Person, vendor: str, period: str, now_ms: int
) -> ScorecardRow:
    """Makes the card anew from the counts as they are now. Signatures given to another content fall away.

    Raises Unmet while the period lasts or its counts cannot be read, WrongState once both have signed.
    """
    if who.role not in STAFF:
        raise WrongRole("scorecards are issued by analysts and deciders")
    span = period_named(period)
    if now_ms < span.end_ms:
        raise Unmet("this period is not over yet; issue its scorecard afterwards")
    found, targets = counts.of(span), counts.targets(span)
    if not found or vendor not in {one.vendor for one in found}:
        raise Unmet("there are no counts of this vendor and period; see whether Prometheus still keeps those days")
    card = make_card(vendor, span, found, targets, exclusions_of(session, span))
    body = msgspec.json.encode(card).decode()
    row = session.scalar(select(ScorecardRow).where(ScorecardRow.vendor == vendor, ScorecardRow.period == period))
    if row is None:
        row = ScorecardRow(id=f"scorecard-{secrets.token_hex(6)}", vendor=vendor, period=period, digest="")
        session.add(row)
    if row.is_frozen:
        raise WrongState("both sides have signed this scorecard; it stays as it is")
    digest = hashlib.sha256(body.encode()).hexdigest()
    if row.digest != digest:
        row.vendor_signed_by = row.vendor_signed_ms = row.our_signed_by = row.our_signed_ms = None
    row.body, row.digest, row.issued_by, row.issued_ms = body, digest, who.id, now_ms
    row.dispute_until_ms = _dispute_until_ms(contracts, vendor, now_ms)
    session.flush()
    _record(session, who, "issue_scorecard", row, now_ms)
    return row


def dispute(session: Session, who: Person, row: ScorecardRow, words: str, now_ms: int) -> None:
    """The vendor says what is wrong. Raises Unmet when it comes too late, WrongState once both have signed."""
    if who.role is not Role.VENDOR_LEAD:
        raise WrongRole("a scorecard is disputed by the vendor's lead")
    if row.is_frozen:
        raise WrongState("both sides have signed this scorecard; it stays as it is")
    if now_ms > row.dispute_until_ms:
        raise Unmet("the time to dispute this scorecard is over; write to the quality desk, which can issue it again")
    demand_own_words(words)
    session.add(DisputeRow(scorecard_id=row.id, digest=row.digest, by=who.id, words=words, at_ms=now_ms))
    row.vendor_signed_by = row.vendor_signed_ms = None
    _record(session, who, "dispute_scorecard", row, now_ms, words)


def sign(session: Session, who: Person, row: ScorecardRow, digest: str, now_ms: int) -> None:
    """Signs what was seen: `digest` is that of the page. A disputed card waits until it is issued again."""
    if who.role not in {Role.VENDOR_LEAD, Role.DECIDER}:
        raise WrongRole("a scorecard is signed by the vendor's lead and by one of our deciders")
    if digest != row.digest:
        raise WrongState("this scorecard was issued again meanwhile; read it before you sign")
    if any(one.at_ms >= row.issued_ms for one in disputes_of(session, row)):
        raise WrongState("the vendor disputes this scorecard; issue it again, with or without changes, and say why")
    if who.role is Role.VENDOR_LEAD and row.vendor_signed_ms is None:
        row.vendor_signed_by, row.vendor_signed_ms = who.id, now_ms
    elif who.role is Role.DECIDER and row.our_signed_ms is None:
        row.our_signed_by, row.our_signed_ms = who.id, now_ms
    else:
        raise WrongState("your side has signed this scorecard already")
    _record(session, who, "sign_scorecard", row, now_ms)


def exclude(
    session: Session, who: Person, queue: str, first_day: str, last_day: str, reason: str, words: str, now_ms: int
) -> None:
    """These days of a queue count for nobody; a card issued afterwards says so."""
    if who.role not in STAFF:
        raise WrongRole("days are left out by analysts and deciders")
    if reason not in REASONS:
        raise Unmet(f"the reason is one of: {', '.join(REASONS)}")
    demand_own_words(words)
    try:
        days = (date.fromisoformat(last_day) - date.fromisoformat(first_day)).days + 1
    except ValueError:
        raise Unmet("write days as 2026-03-31") from None
    if not 1 <= days <= _DAYS_MOST or not 1 <= len(queue) <= 128:  # noqa: PLR2004 (an id's length, see stream/events.py)
        raise Unmet(f"name a queue, and 1 to {_DAYS_MOST} days, the first one first")
    session.add(
        ExclusionRow(
            queue=queue,
            first_day=date.fromisoformat(first_day).isoformat(),
            last_day=date.fromisoformat(last_day).isoformat(),
            reason=reason,
            words=words,
            by=who.id,
            at_ms=now_ms,
        )
    )
    facts = {"queue": queue, "first_day": first_day, "last_day": last_day, "reason": reason}
    record(session, Entry(now_ms, who, "exclude_days", facts=facts, personal={"words": words}))


def exclusions_of(session: Session, period: Period) -> list[Excluded]:
    """What is left out of a period."""
    found = session.scalars(
        select(ExclusionRow)
        .where(ExclusionRow.last_day >= period.first.isoformat(), ExclusionRow.first_day < period.until.isoformat())
        .order_by(ExclusionRow.id)
    )
    return [
        Excluded(queue=row.queue, first_day=row.first_day, last_day=row.last_day, reason=row.reason, judgments=0)
        for row in found
    ]


def disputes_of(session: Session, row: ScorecardRow) -> Sequence[DisputeRow]:
    """What the vendor said, oldest first."""
    return session.scalars(select(DisputeRow).where(DisputeRow.scorecard_id == row.id).order_by(DisputeRow.id)).all()


def card_of(row: ScorecardRow) -> Card:
    """The card as it was issued."""
    return msgspec.json.decode(row.body, type=Card)


def _dispute_until_ms(contracts: Contracts, vendor: str, now_ms: int) -> int:
    until_ms = after_business_days(contracts.of(vendor).calendar, now_ms, DISPUTE_BUSINESS_DAYS)
    if until_ms is None:
        raise Unmet("the calendar of this vendor's contract has no working days; correct the contracts file")
    return until_ms


def _record(session: Session, who: Person, what: str, row: ScorecardRow, now_ms: int, words: str = "") -> None:
    facts = {"scorecard": row.id, "vendor": row.vendor, "period": row.period, "digest": row.digest}
    record(session, Entry(now_ms, who, what, facts=facts, personal={"words": words} if words else {}))
