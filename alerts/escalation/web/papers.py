"""A scorecard's paper over HTTP, for API and desk alike."""

from fastapi import Response

from alerts.escalation.cases.roles import Person
from alerts.escalation.said.catalogue import LANGUAGES
from alerts.escalation.web.audited import note_read
from alerts.escalation.web.problem import BadRequest
from alerts.escalation.web.site import Site
from alerts.escalation.work.papers import draw_paper, keep_paper, kept_paper, language_of
from alerts.escalation.work.scorecards import find_scorecard

MEDIA_TYPE = "application/pdf"


def scorecard_paper(site: Site, who: Person, vendor: str, period: str, language: str | None) -> Response:
    """The PDF, in the contract's language without another; its SHA-256 stands in the audit and in the ETag.

    Raises NotThere for a card that is not there or not theirs, and BadRequest for a language that we do not have.
    """
    with site.store.reading() as session:
        row = find_scorecard(session, who, vendor, period)
        wanted = language or language_of(site.contracts, row.vendor)
        if wanted not in LANGUAGES:
            raise BadRequest(
                "there is no paper in this language; choose one of: {languages}",
                code="no_such_language",
                languages=", ".join(LANGUAGES),
            )
        paper = kept_paper(session, row, wanted)
    if paper is None and not row.is_frozen:
        paper = draw_paper(site.contracts, row, wanted)
    if paper is None:
        with site.store.writing() as session:
            row = find_scorecard(session, who, vendor, period)
            paper = keep_paper(session, site.contracts, row, wanted, site.clock())
    facts = {"vendor": row.vendor, "period": row.period, "language": wanted, "sha256": paper.sha256}
    note_read(site, who, "export", facts=facts)
    headers = {
        "Content-Disposition": f'attachment; filename="{row.id}.{wanted}.pdf"',
        "Content-Language": wanted,
        "ETag": f'"{paper.sha256}"',
    }
    return Response(paper.pdf, media_type=MEDIA_TYPE, headers=headers)
