"""Scorecards: who sees which, issued from the counts of a period, and the days that count for nobody."""

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
from alerts.escalation.errors import Named, NotThere, Unmet, WrongRole, WrongState
from alerts.escalation.scorecards.card import Card, Excluded, make_card
from alerts.escalation.scorecards.period import Period, period_named
from alerts.escalation.scorecards.port import VendorCounts
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import ExclusionRow, ScorecardRow

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
        raise NotThere(
            "there is no scorecard of this vendor and period here; see the list of scorecards", code="not_there"
        )
    return row


def issue(
    session: Session, contracts: Contracts, counts: VendorCounts, who: Person, vendor: str, period: str, now_ms: int
) -> ScorecardRow:
    """Makes the card anew from the counts as they are now. Signatures given to another content fall away.

    Raises Unmet while the period lasts or its counts cannot be read, WrongState once both have signed.
    """
    if who.role not in STAFF:
        raise WrongRole("scorecards are issued by analysts and deciders", code="role_may_not")
    span = period_named(period)
    if now_ms < span.end_ms:
        raise Unmet("this period is not over yet; issue its scorecard afterwards", code="period_not_over")
    found, targets = counts.of(span), counts.targets(span)
    if not found or vendor not in {one.vendor for one in found}:
        raise Unmet(
            "there are no counts of this vendor and period; see whether Prometheus still keeps those days",
            code="no_counts",
        )
    card = make_card(vendor, span, found, targets, exclusions_of(session, span))
    body = msgspec.json.encode(card).decode()
    row = session.scalar(select(ScorecardRow).where(ScorecardRow.vendor == vendor, ScorecardRow.period == period))
    if row is None:
        row = ScorecardRow(id=f"scorecard-{secrets.token_hex(6)}", vendor=vendor, period=period, digest="")
        session.add(row)
    if row.is_frozen:
        raise WrongState("both sides have signed this scorecard; it stays as it is", code="scorecard_frozen")
    digest = hashlib.sha256(body.encode()).hexdigest()
    if row.digest != digest:
        row.vendor_signed_by = row.vendor_signed_ms = row.our_signed_by = row.our_signed_ms = None
    row.body, row.digest, row.issued_by, row.issued_ms = body, digest, who.id, now_ms
    row.dispute_until_ms = _dispute_until_ms(contracts, vendor, now_ms)
    session.flush()
    record_step(session, who, "issue_scorecard", row, now_ms)
    return row


def exclude(
    session: Session, who: Person, queue: str, first_day: str, last_day: str, reason: str, words: str, now_ms: int
) -> None:
    """These days of a queue count for nobody; a card issued afterwards says so."""
    if who.role not in STAFF:
        raise WrongRole("days are left out by analysts and deciders", code="role_may_not")
    if reason not in REASONS:
        raise Unmet("the reason is one of: {reasons}", code="no_such_reason", reasons=Named(*REASONS))
    demand_own_words(words)
    try:
        days = (date.fromisoformat(last_day) - date.fromisoformat(first_day)).days + 1
    except ValueError:
        raise Unmet("write days as 2026-03-31", code="day_unreadable") from None
    if not 1 <= days <= _DAYS_MOST or not 1 <= len(queue) <= 128:  # noqa: PLR2004 (an id's length, see stream/events.py)
        raise Unmet("name a queue, and 1 to {days} days, the first one first", code="days_unusable", days=_DAYS_MOST)
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


def card_of(row: ScorecardRow) -> Card:
    """The card as it was issued."""
    return msgspec.json.decode(row.body, type=Card)


def record_step(session: Session, who: Person, what: str, row: ScorecardRow, now_ms: int, words: str = "") -> None:
    """A step of a card's way, for the audit."""
    facts = {"scorecard": row.id, "vendor": row.vendor, "period": row.period, "digest": row.digest}
    record(session, Entry(now_ms, who, what, facts=facts, personal={"words": words} if words else {}))


def _dispute_until_ms(contracts: Contracts, vendor: str, now_ms: int) -> int:
    until_ms = after_business_days(contracts.of(vendor).calendar, now_ms, DISPUTE_BUSINESS_DAYS)
    if until_ms is None:
        raise Unmet(
            "the calendar of this vendor's contract has no working days; correct the contracts file",
            code="no_working_days",
        )
    return until_ms
