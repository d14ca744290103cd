"""The rater's page: reached by a signed link alone, with own numbers and a way to appeal."""

import re
from pathlib import Path

from sqlalchemy import select

from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.numbers.port import UnknownNumbers
from alerts.escalation.store.tables import AppealRow, CaseRow
from alerts.escalation.web.rater_links import DAYS, RaterLinks
from tests.unit.alerts.escalation.pages.browsing import Browser
from tests.unit.alerts.escalation.pages.sample import DAY_MS, DECIDER, Sample, sample


def rater_of(made: Sample, name: str) -> tuple[str, str]:
    with made.site.store.reading() as session:
        case = session.get_one(CaseRow, made.case[name])
        assert case.rater_id is not None
        assert case.vendor is not None
        return case.rater_id, case.vendor


def link_for(made: Sample, name: str) -> str:
    with made.site.store.writing() as session:
        return made.site.links.make(session, SYSTEM, *rater_of(made, name), made.clock[0])


def test_the_page_shows_own_numbers_and_the_finding_in_plain_words(made: Sample) -> None:
    page = Browser(made).get(f"/r/{made.link['alba']}").text
    assert "62 % of 180 answers are “not spam”" in page
    assert "1,804" in page
    assert "77 % the same as others" in page
    assert "34 minutes since your last break" in page
    assert "I stand by this answer" in page


def test_no_pseudonym_and_no_known_answer_stands_on_it(made: Sample) -> None:
    for name in ("alba", "asked", "done"):
        page = Browser(made).get(f"/r/{link_for(made, name)}").text
        assert "rkx-" not in page
        assert "moved" not in page


def test_a_link_of_another_rater_shows_nothing_of_this_one(made: Sample) -> None:
    page = Browser(made).get(f"/r/{made.link['borea']}").text
    assert made.case["alba"] not in page
    assert made.case["borea"] in page


def test_a_forged_or_changed_link_opens_nothing(made: Sample) -> None:
    link = made.link["alba"]
    forged = RaterLinks("other key" * 4)
    with made.site.store.writing() as session:
        stranger = forged.make(session, SYSTEM, *rater_of(made, "alba"), made.clock[0])
    for wrong in (link[:-1], link[1:], link.rpartition(".")[0], stranger, "x", "x.y"):
        assert Browser(made).get(f"/r/{wrong}").status_code == 404


def test_a_link_is_renewed_and_the_old_one_ends(made: Sample) -> None:
    browser, old = Browser(made), made.link["alba"]
    moved = browser.post(f"/r/{old}/renew")
    new = moved.headers["location"].removeprefix("/r/").split("?")[0]
    assert new in browser.get(moved.headers["location"]).text
    assert browser.get(f"/r/{old}").status_code == 404
    assert browser.get(f"/r/{new}").status_code == 200


def test_a_link_stays_open_as_long_as_an_appeal_waits(made: Sample) -> None:
    made.clock[0] += (DAYS + 1) * DAY_MS
    assert Browser(made).get(f"/r/{made.link['alba']}").status_code == 200
    assert Browser(made).get(f"/r/{made.link['borea']}").status_code == 404


def test_an_appeal_gets_a_receipt_and_its_reply_on_the_page(made: Sample) -> None:
    browser, link = Browser(made), made.link["borea"]
    browser.get(f"/r/{link}")
    sent = browser.post(f"/r/{link}/appeal", case=made.case["borea"], item_ids=["mail-10431"], words="I read it twice.")
    assert sent.status_code == 303
    page = browser.get(sent.headers["location"].split("#")[0]).text
    [receipt] = set(re.findall(r"appeal-[0-9a-f]{16}", page))
    with made.site.store.reading() as session:
        row = session.get_one(AppealRow, receipt)
    assert (row.words, row.item_ids, row.by_role) == ("I read it twice.", '["mail-10431"]', "rater")
    desk, case = Browser(made, DECIDER), f"/cases/{made.case['borea']}"
    desk.post(f"{case}/open_evidence")
    reply = "You are right about this item, the guide says so."
    assert desk.post(f"{case}/grant_appeal", appeal_id=receipt, words=reply).status_code == 303
    assert reply in browser.get(f"/r/{link}").text


def test_an_appeal_on_items_that_are_not_shown_or_on_anothers_case_is_refused(made: Sample) -> None:
    browser, link = Browser(made), made.link["borea"]
    refused = browser.post(f"/r/{link}/appeal", case=made.case["borea"], item_ids=["gold-1"], words="Please look.")
    assert refused.status_code == 422
    assert "Please look." in refused.text
    assert browser.post(f"/r/{link}/appeal", case=made.case["alba"], words="Please look.").status_code == 404
    with made.site.store.reading() as session:
        assert len(session.scalars(select(AppealRow)).all()) == 1  # the sample's own


def test_whoever_opens_the_own_page_has_been_told(made: Sample) -> None:
    link = link_for(made, "asked")
    with made.site.store.reading() as session:
        assert session.get_one(CaseRow, made.case["asked"]).rater_told_ms is None
    assert "Answers shared with one other rater" in Browser(made).get(f"/r/{link}").text
    with made.site.store.reading() as session:
        assert session.get_one(CaseRow, made.case["asked"]).rater_told_ms == made.clock[0]


def test_a_case_that_the_vendor_does_not_have_yet_is_not_told(made: Sample) -> None:
    page = Browser(made).get(f"/r/{link_for(made, 'new')}").text
    assert "There is no case about your answers" in page


def test_items_of_a_sensitive_queue_open_behind_a_veil(made: Sample) -> None:
    veiled = Browser(made).get(f"/r/{link_for(made, 'asked')}").text
    assert veiled.count('class="veil"') == 9
    assert 'class="veil"' not in Browser(made).get(f"/r/{made.link['alba']}").text


def test_numbers_that_cannot_be_read_are_not_shown_as_zero(tmp_path: Path) -> None:
    with sample(tmp_path, numbers=UnknownNumbers()) as made:
        assert "They cannot be read just now" in Browser(made).get(f"/r/{made.link['alba']}").text
