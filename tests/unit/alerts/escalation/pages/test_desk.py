"""The way of a case over the desk's pages, as a browser without scripts goes it."""

from sqlalchemy import select

from alerts.escalation.cases.roles import Role
from alerts.escalation.desk import case_list
from alerts.escalation.store.tables import CaseRow, ConsequenceRow, DeliveryRow
from tests.unit.alerts.escalation.pages.browsing import Browser
from tests.unit.alerts.escalation.pages.sample import ANALYST, DAY_MS, DECIDER, LEAD, OTHERS, SECOND, WORDS, Sample


def state(made: Sample, name: str) -> str:
    with made.site.store.reading() as session:
        return session.get_one(CaseRow, made.case[name]).state


def test_a_decision_needs_evidence_opened_and_own_words(made: Sample) -> None:
    desk, case = Browser(made, DECIDER), f"/cases/{made.case['borea']}"
    assert "mail-10431" not in desk.get(case).text
    assert "Open the evidence first" in desk.get(case).text
    assert desk.post(f"{case}/confirm", words=WORDS).status_code == 422
    assert desk.post(f"{case}/open_evidence").headers["location"] == f"{case}#evidence"
    assert "mail-10431" in desk.get(case).text
    refused = desk.post(f"{case}/confirm", words="too short")
    assert refused.status_code == 422
    assert "too short" in refused.text
    assert desk.post(f"{case}/confirm", words=WORDS).status_code == 303
    assert state(made, "borea") == "decided"
    assert WORDS in Browser(made, LEAD["borea"]).get(case).text


def test_a_consequence_waits_for_a_second_person(made: Sample) -> None:
    first, second, case = Browser(made, DECIDER), Browser(made, SECOND), f"/cases/{made.case['borea']}"
    first.post(f"{case}/open_evidence")
    first.post(f"{case}/confirm", words=WORDS)
    made.clock[0] += 1 * DAY_MS
    first = Browser(made, DECIDER)
    proposed = first.post(
        f"{case}/propose_consequence", kind="coaching", words="Coaching on the guide of March helps here."
    )
    assert proposed.status_code == 422, "the rater has not known for long enough"
    made.clock[0] += 9 * DAY_MS
    first, second = Browser(made, DECIDER), Browser(made, SECOND)
    words = "Coaching on the guide of March helps here."
    assert first.post(f"{case}/propose_consequence", kind="coaching", words=words).status_code == 303
    with made.site.store.reading() as session:
        [row] = session.scalars(select(ConsequenceRow)).all()
    assert "sign_consequence" not in first.get(case).text
    assert "coaching" not in Browser(made, LEAD["borea"]).get(case).text
    own = {"consequence_id": row.id, "words": "I looked at the same items and agree to it."}
    assert first.post(f"{case}/sign_consequence", **own).status_code == 422
    assert "sign_consequence" in second.get(case).text
    second.post(f"{case}/open_evidence")
    assert second.post(f"{case}/sign_consequence", **own).status_code == 303
    assert "coaching" in Browser(made, LEAD["borea"]).get(case).text
    undone = {"consequence_id": row.id, "words": "The guide was corrected, so it is not needed."}
    assert first.post(f"{case}/undo_consequence", **undone).status_code == 303
    assert "undone on" in Browser(made, LEAD["borea"]).get(case).text


def test_many_are_cleared_from_the_list_and_nothing_else_is_done_to_many(made: Sample) -> None:
    desk = Browser(made, DECIDER)
    page = desk.get("/cases").text
    assert 'action="/cases/clear"' in page
    assert "/cases/confirm" not in page
    chosen = [made.case["new"], made.case["borea"]]
    refused = desk.post("/cases/clear", cases=chosen, words="no")
    assert refused.status_code == 422
    assert refused.text.count(" checked") == 2
    done = desk.post("/cases/clear", cases=chosen, words="The guide of March was wrong about newsletters.")
    assert done.status_code == 303
    assert (state(made, "new"), state(made, "borea")) == ("decided", "decided")


def test_only_deciders_are_offered_to_clear_many(made: Sample) -> None:
    for who in (ANALYST, OTHERS[Role.AUDITOR], LEAD["alba"]):
        assert 'action="/cases/clear"' not in Browser(made, who).get("/cases").text


def test_a_page_of_the_list_leads_to_the_next_one_with_its_filters(made: Sample) -> None:
    was, case_list.PAGE = case_list.PAGE, 2
    try:
        desk = Browser(made, DECIDER)
        page = desk.get("/cases?vendor=alba").text
        follows = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
        assert "vendor=alba" in follows
        assert made.case["done"] in desk.get(f"/cases{follows}").text
    finally:
        case_list.PAGE = was


def test_a_vendor_works_its_case_on_the_page(made: Sample) -> None:
    desk, case = Browser(made, LEAD["alba"]), f"/cases/{made.case['asked']}"
    page = desk.get(case).text
    assert "Please confirm that you have read the case" in page
    assert "Clear the finding" not in page
    assert desk.post(f"{case}/acknowledge").status_code == 303
    assert desk.post(f"{case}/answer", words="Both sit side by side and talked.").status_code == 303
    desk.post(f"{case}/open_evidence")
    appealed = desk.post(f"{case}/appeal", words="They discussed the guide.", item_ids=["mail-10431", "mail-10448"])
    assert appealed.status_code == 303
    assert "mail-10448" in desk.get(case).text


def test_a_link_for_the_rater_is_shown_once_and_leads_to_the_raters_page(made: Sample) -> None:
    desk, case = Browser(made, ANALYST), f"/cases/{made.case['alba']}"
    shown = desk.post(f"{case}/rater-link").text
    link = shown.split("http://testserver")[1].split("<")[0]
    assert "rkx" not in link
    assert desk.get(link).status_code == 200
    assert link not in desk.get(case).text


def test_a_message_that_never_arrived_is_seen_and_sent_again(made: Sample) -> None:
    with made.site.store.writing() as session:
        row = session.scalars(select(DeliveryRow)).first()
        assert row is not None
        row.state, row.last_error, row.ended_ms = "dead", "the server answered 500", made.clock[0]
        row_id = row.id
    desk = Browser(made, ANALYST)
    assert "the server answered 500" in desk.get("/deliveries").text
    assert Browser(made, OTHERS[Role.AUDITOR]).post(f"/deliveries/{row_id}/send-again").status_code == 403
    assert desk.post(f"/deliveries/{row_id}/send-again").status_code == 303
    with made.site.store.reading() as session:
        assert session.get_one(DeliveryRow, row_id).state == "queued"


def test_the_page_is_in_the_language_that_is_asked_for(made: Sample) -> None:
    desk = Browser(made, DECIDER)
    case = f"/cases/{made.case['alba']}"
    german = desk.get(f"{case}?language=de").text
    assert '<html lang="de" dir="ltr">' in german
    assert "62 % von 180 Antworten sind" in german
    assert '<html lang="de"' in desk.get("/cases").text, "the choice is kept"
    assert '<html lang="ar" dir="rtl">' in desk.get(f"{case}?language=ar").text


def test_who_looked_at_a_case_is_in_its_history(made: Sample) -> None:
    Browser(made, ANALYST).get(f"/cases/{made.case['alba']}")
    desk = Browser(made, OTHERS[Role.AUDITOR])
    assert "Looked at the case" not in desk.get(f"/cases/{made.case['alba']}").text
    assert "Looked at the case" in desk.get(f"/cases/{made.case['alba']}?reads=1").text
    assert "Looked at the case" not in Browser(made, LEAD["alba"]).get(f"/cases/{made.case['alba']}?reads=1").text
