"""Scorecards over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Response

from alerts.escalation.api.cases import CSV
from alerts.escalation.api.schemas import struct_body
from alerts.escalation.cases.actions import Words
from alerts.escalation.cases.roles import STAFF
from alerts.escalation.scorecards.card import Card
from alerts.escalation.store.tables import ScorecardRow
from alerts.escalation.web.audited import note_read
from alerts.escalation.web.bodies import RawBody, decoded
from alerts.escalation.web.exports import scorecard_csv
from alerts.escalation.web.who import Asking, TheSite, demand_reader, demand_role
from alerts.escalation.work.scorecards import card_of, dispute, find_scorecard, issue, list_scorecards, sign

routes = APIRouter(tags=["scorecards"])
_Vendor = Annotated[str, Path(max_length=128)]
_Period = Annotated[str, Path(max_length=20, description="2026-03, 2026-Q1 or 2026-W07")]


@dataclass(frozen=True, slots=True)
class ScorecardLine:
    """A scorecard in a list; `digest` is what a signature is under."""

    vendor: str
    period: str
    digest: str
    issued_ms: int
    dispute_until_ms: int
    vendor_signed_ms: int | None
    our_signed_ms: int | None
    frozen: bool


@dataclass(frozen=True, slots=True)
class ScorecardView:
    """A whole scorecard."""

    line: ScorecardLine
    card: dict[str, object]


class Disputing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong with it."""

    words: Words


class Signing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The digest of the card that was read."""

    digest: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


@routes.get("/scorecards")
def get_scorecards(site: TheSite, who: Asking) -> Sequence[ScorecardLine]:
    """The latest ones first; a vendor's own only."""
    demand_reader(who)
    with site.store.reading() as session:
        return [_line(row) for row in list_scorecards(session, who)]


@routes.get("/scorecards/{vendor}/{period}")
def get_scorecard(site: TheSite, who: Asking, vendor: _Vendor, period: _Period) -> ScorecardView:
    """One scorecard."""
    with site.store.reading() as session:
        row = find_scorecard(session, who, vendor, period)
        return ScorecardView(_line(row), msgspec.to_builtins(card_of(row)))


@routes.get("/scorecards/{vendor}/{period}/csv", response_class=Response, responses=CSV)
def export_scorecard(site: TheSite, who: Asking, vendor: _Vendor, period: _Period) -> Response:
    """A row a queue."""
    with site.store.reading() as session:
        card: Card = card_of(find_scorecard(session, who, vendor, period))
    note_read(site, who, "export", facts={"vendor": vendor, "period": period})
    return Response(scorecard_csv(card), media_type="text/csv")


@routes.post("/scorecards/{vendor}/{period}/issue")
def post_issue(site: TheSite, who: Asking, vendor: _Vendor, period: _Period) -> ScorecardLine:
    """Makes it, or makes it anew, from the counts as they are now."""
    demand_role(who, *STAFF)
    with site.store.writing() as session:
        return _line(issue(session, site.contracts, site.counts, who, vendor, period, site.clock()))


@routes.post("/scorecards/{vendor}/{period}/dispute", openapi_extra=struct_body(Disputing))
def post_dispute(site: TheSite, who: Asking, vendor: _Vendor, period: _Period, body: RawBody) -> ScorecardLine:
    """The vendor says what is wrong with it, within the time for that."""
    with site.store.writing() as session:
        row = find_scorecard(session, who, vendor, period)
        dispute(session, who, row, decoded(body, Disputing).words, site.clock())
        return _line(row)


@routes.post("/scorecards/{vendor}/{period}/sign", openapi_extra=struct_body(Signing))
def post_sign(site: TheSite, who: Asking, vendor: _Vendor, period: _Period, body: RawBody) -> ScorecardLine:
    """Signs what was read; with both signatures it is frozen."""
    with site.store.writing() as session:
        row = find_scorecard(session, who, vendor, period)
        sign(session, who, row, decoded(body, Signing).digest, site.clock())
        return _line(row)


def _line(row: ScorecardRow) -> ScorecardLine:
    return ScorecardLine(
        vendor=row.vendor,
        period=row.period,
        digest=row.digest,
        issued_ms=row.issued_ms,
        dispute_until_ms=row.dispute_until_ms,
        vendor_signed_ms=row.vendor_signed_ms,
        our_signed_ms=row.our_signed_ms,
        frozen=row.is_frozen,
    )
