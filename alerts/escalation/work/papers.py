"""A scorecard on paper: set anew as long as it can change, kept as one file from when both have signed."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.contract import Contracts
from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.papers.scorecard import ScorecardPaper, Signed, scorecard_pdf
from alerts.escalation.said.catalogue import LANGUAGES, tongue
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import PaperRow, ScorecardRow
from alerts.escalation.work.scorecards import card_of


class Paper(NamedTuple):
    """The file, and its SHA-256 in hexadecimal."""

    pdf: bytes
    sha256: str


def language_of(contracts: Contracts, vendor: str) -> str:
    """What a vendor's papers are written in: the contract's language, English where the catalogue does not have it."""
    wanted = contracts.of(vendor).language
    return wanted if wanted in LANGUAGES else "en"


def draw_paper(contracts: Contracts, row: ScorecardRow, language: str) -> Paper:
    """The card as it is now, its times in the vendor's zone."""
    contract = contracts.of(row.vendor)
    paper = ScorecardPaper(
        card=card_of(row),
        name=contract.display_name or row.vendor,
        digest=row.digest,
        issued_ms=row.issued_ms,
        vendor=Signed(row.vendor_signed_by, row.vendor_signed_ms),
        ours=Signed(row.our_signed_by, row.our_signed_ms),
    )
    pdf = scorecard_pdf(paper, tongue(language).in_zone(contract.calendar.zone))
    return Paper(pdf, hashlib.sha256(pdf).hexdigest())


def kept_paper(session: Session, row: ScorecardRow, language: str) -> Paper | None:
    """The file of a frozen card as it was made once; None when none was made in this language."""
    kept = session.get(PaperRow, (row.id, language))
    return None if kept is None else Paper(kept.pdf, kept.sha256)


def keep_paper(session: Session, contracts: Contracts, row: ScorecardRow, language: str, now_ms: int) -> Paper:
    """Makes the file of a frozen card, or gives the one there is; the audit has its SHA-256 from then on."""
    if kept := kept_paper(session, row, language):
        return kept
    paper = draw_paper(contracts, row, language)
    session.add(PaperRow(scorecard_id=row.id, language=language, pdf=paper.pdf, sha256=paper.sha256, made_ms=now_ms))
    facts = {"scorecard": row.id, "vendor": row.vendor, "period": row.period, "language": language}
    record(session, Entry(now_ms, SYSTEM, "keep_paper", facts=facts | {"sha256": paper.sha256}))
    session.flush()
    return paper


def sums_of_papers(session: Session, row: ScorecardRow) -> Mapping[str, str]:
    """The SHA-256 of each kept file, by language."""
    asked = select(PaperRow.language, PaperRow.sha256).where(PaperRow.scorecard_id == row.id)
    return {row.language: row.sha256 for row in session.execute(asked.order_by(PaperRow.language))}
