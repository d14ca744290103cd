"""A scorecard on paper: the page's numbers in each language, for screen readers too, and one file once it is frozen."""

import hashlib
import io
import unicodedata
from dataclasses import replace
from typing import Any

import pypdf
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from alerts.escalation.cases.roles import Role
from alerts.escalation.papers.scorecard import ScorecardPaper, Signed, scorecard_pdf
from alerts.escalation.said.catalogue import tongue
from alerts.escalation.scorecards.card import Excluded, make_card
from alerts.escalation.scorecards.period import period_named
from alerts.escalation.store.tables import AuditRow, PaperRow
from tests.unit.alerts.escalation.pages.browsing import Browser
from tests.unit.alerts.escalation.pages.counted import counts
from tests.unit.alerts.escalation.pages.people import ANALYST, DECIDER, LEAD, NOW_MS, OTHERS
from tests.unit.alerts.escalation.pages.sample import Sample
from tests.unit.alerts.escalation.pages.test_scorecards import CARD, digest

TARGETS = {("alba", "spam"): 0.9, ("alba", "toxicity"): 0.85}
EXCLUDED = Excluded(queue="spam", first_day="2026-02-09", last_day="2026-02-10", reason="known_answer", judgments=0)
PAPER = ScorecardPaper(
    card=make_card("alba", period_named("2026-02"), counts(), TARGETS, [EXCLUDED]),
    name="Alba Data",
    digest="5d" * 32,
    issued_ms=NOW_MS,
    vendor=Signed("lead@alba.example", NOW_MS),
    ours=Signed("dana@example.org", NOW_MS + 60_000),
)
# Words of the table's head, of a conclusion and of a reason; the numbers as the language writes them.
SAYS = {
    "en": ("Right on audits", "Below the agreed accuracy", "wrong known answers", "86.5 %", "81.8 %", "34,593"),
    "de": ("Richtig bei Prüfungen", "Unter der vereinbarten", "falsche bekannte Antworten", "86,5 %", "34.593"),
    "ar": ("التدقيقات", "القائمة", "التوقيعات", "86.5", "81.8", "34,593"),
}


def read(pdf: bytes) -> str:
    """The text that stands on it, without the marks over Arabic letters, whose places readers of PDF tell apart."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    text = unicodedata.normalize("NFKC", "\n".join(page.extract_text() for page in pages))
    return "".join(one for one in text if not unicodedata.combining(one))


@pytest.mark.parametrize("language", SAYS)
def test_it_says_the_cards_numbers_in_the_readers_language(language: str) -> None:
    said = read(scorecard_pdf(PAPER, tongue(language)))
    everywhere = ("Alba Data", "spam", "toxicity", "2026-02-09", "lead@alba.example", "dana@example.org", "5d" * 32)
    assert [words for words in (*SAYS[language], *everywhere) if words not in said] == []


@pytest.mark.parametrize("language", SAYS)
def test_a_screen_reader_can_tell_what_is_a_heading_and_what_a_table(language: str) -> None:
    root: Any = pypdf.PdfReader(io.BytesIO(scorecard_pdf(PAPER, tongue(language)))).trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)
    assert root["/ViewerPreferences"]["/Direction"] == ("/R2L" if language == "ar" else "/L2R")
    assert b"pdfuaid" in root["/Metadata"].get_data()
    tags = list(tags_of(root["/StructTreeRoot"]))
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == 3
    assert tags.count("/Table") == 3
    assert tags.count("/TH") == 4 + 8 + 3
    assert tags.count("/TR") == 2 + 3 + 3


def tags_of(node: object) -> list[str]:
    found = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(found, list):
        return [tag for one in found for tag in tags_of(one)]
    if not isinstance(found, dict):
        return []
    own = [str(found["/S"])] if "/S" in found else []
    return own + (tags_of(found["/K"]) if "/K" in found else [])


def test_the_same_card_is_the_same_file_and_another_is_not() -> None:
    first, again = (scorecard_pdf(PAPER, tongue("en")) for _ in range(2))
    assert first == again
    assert scorecard_pdf(replace(PAPER, ours=Signed(None, None)), tongue("en")) != first
    assert "can still change" in read(scorecard_pdf(replace(PAPER, ours=Signed(None, None)), tongue("en")))


def test_a_name_in_a_script_that_our_fonts_lack_is_no_failure() -> None:
    assert "2026-02" in read(scorecard_pdf(replace(PAPER, name="北方数据"), tongue("en")))


def test_a_name_is_a_name_and_no_code() -> None:
    name = '#panic("x") *b* $x$ <a> \\ "'
    assert name.replace(" ", "") in read(scorecard_pdf(replace(PAPER, name=name), tongue("en"))).replace(
        "\u200b", ""
    ).replace(" ", "")


def test_it_is_in_the_contracts_language_unless_another_is_asked_for(made: Sample) -> None:
    api, headers = TestClient(made.app), made.bearer(LEAD["alba"])
    assert api.get(f"/api/v1{CARD}/pdf", headers=headers).headers["content-language"] == "en"
    german = api.get(f"/api/v1{CARD}/pdf?language=de", headers=headers)
    assert german.headers["content-type"] == "application/pdf"
    assert "noch nicht" in read(german.content)
    assert api.get(f"/api/v1{CARD}/pdf?language=fr", headers=headers).status_code == 422


def test_once_frozen_it_stays_this_file_and_page_and_audit_have_its_sum(made: Sample) -> None:
    vendor, ours = Browser(made, LEAD["alba"]), Browser(made, DECIDER)
    draft = vendor.get(f"{CARD}/pdf").content
    signed = digest(vendor.get(CARD).text)
    for side in (vendor, ours):
        assert side.post(f"{CARD}/sign", digest=signed).status_code == 303
    with made.site.store.writing() as session:
        kept = session.scalars(select(PaperRow)).one()
        facts = session.scalars(select(AuditRow.facts).where(AuditRow.action == "keep_paper")).one()
        kept.pdf += b"% another version of this code would have made other bytes"
    assert kept.sha256 in facts
    assert kept.sha256 in vendor.get(CARD).text
    frozen = vendor.get(f"{CARD}/pdf").content
    assert frozen == kept.pdf == ours.get(f"{CARD}/pdf?language=en").content
    assert frozen != draft
    german = vendor.get(f"{CARD}/pdf?language=de").content
    assert german == ours.get(f"{CARD}/pdf?language=de").content
    assert hashlib.sha256(german).hexdigest() in ours.get(CARD).text


def test_both_sides_get_the_same_paper_and_nobody_elses_name_is_on_it(made: Sample) -> None:
    vendor, analyst = Browser(made, LEAD["alba"]), Browser(made, ANALYST)
    paper = vendor.get(f"{CARD}/pdf").content
    assert paper == analyst.get(f"{CARD}/pdf").content
    said = read(paper).lower()
    assert [word for word in ("borea", "cassia", "cost", ANALYST.id) if word in said] == []


def test_those_who_see_no_scorecards_get_no_paper(made: Sample) -> None:
    api = TestClient(made.app)
    for person in (LEAD["borea"], OTHERS[Role.ENGINEER], OTHERS[Role.VENDOR_WELLNESS]):
        assert api.get(f"/api/v1{CARD}/pdf", headers=made.bearer(person)).status_code == 404
