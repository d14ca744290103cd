"""The way of a rater case, on both databases: what opens it, who moves it, what each step needs first."""

import msgspec
import pytest
from sqlalchemy import select

from alerts.escalation.cases.actions import (
    Acknowledge,
    Answer,
    Appeal,
    Clear,
    Close,
    Comment,
    Confirm,
    Delivered,
    GrantAppeal,
    Notify,
    OpenEvidence,
    ProposeConsequence,
    RefuseAppeal,
    Reopen,
    SignConsequence,
    TellRater,
    Triage,
    UndoConsequence,
)
from alerts.escalation.cases.consequences import ConsequenceKind
from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.errors import NotThere, Unmet, WrongState
from alerts.escalation.store.reading import (
    appeals_of,
    comments_of,
    consequences_of,
    decisions_of,
    findings_of,
    history_of,
    readings_of,
)
from alerts.escalation.store.tables import CaseRow, DeliveryRow, OutgoingRow
from alerts.escalation.work.perform import actions_for, clear_all
from stream.events import Verdict
from tests.escalation_world import (
    ANA,
    BO,
    DAY_MS,
    DORA,
    EMIL,
    LEE,
    RATER,
    RATER_ID,
    WHY,
    World,
    at,
    finding,
)


def owed(world: World) -> list[Verdict]:
    with world.store.reading() as session:
        rows = session.scalars(select(OutgoingRow).order_by(OutgoingRow.id)).all()
    return [msgspec.json.decode(row.value, type=Verdict) for row in rows]


def sent(world: World) -> list[str]:
    with world.store.reading() as session:
        return list(session.scalars(select(DeliveryRow.what).order_by(DeliveryRow.created_ms, DeliveryRow.what)))


def test_a_finding_opens_one_case_however_often_it_is_told(world: World) -> None:
    case_id = world.opened()
    assert world.take(finding()) is None
    assert world.take(finding(version=2, event="updated")) is not None
    assert world.take(finding(version=1)) is None
    case = world.case(case_id)
    assert (case.state, case.vendor, case.queue, case.rater_id) == ("open", "alba", "toxicity", RATER_ID)
    assert case.said == "93 % of 150 answers are “fine” (1)."
    with world.store.reading() as session:
        assert len(session.scalars(select(CaseRow)).all()) == 1
        assert [reading.version for reading in readings_of(session, case)] == [1, 2]


def test_findings_about_one_rater_queue_and_detector_are_one_case_and_others_are_others(world: World) -> None:
    case_id = world.opened()
    again = world.take(finding(id="f" * 32, opened_at=finding().at + 5))
    other = world.take(finding(id="e" * 32, detector="copying"))
    assert again is not None
    assert other is not None
    assert again.case_id == case_id
    assert other.case_id != case_id
    with world.store.reading() as session:
        assert len(findings_of(session, world.case(case_id))) == 2


def test_a_finding_in_shadow_opens_nothing_until_it_is_armed(world: World) -> None:
    hidden = world.take(finding(shadow=True))
    assert hidden is not None
    assert (hidden.case_id, hidden.waits) == (None, "shadow")
    armed = world.take(finding(version=2, event="updated"))
    assert armed is not None
    assert armed.case_id is not None


def test_the_whole_way_to_a_signed_consequence(world: World) -> None:
    case_id = world.confirmed()
    world.do(LEE, case_id, TellRater())
    coaching = ProposeConsequence(kind=ConsequenceKind.COACHING, words="Half an hour on the new guideline together")
    with pytest.raises(Unmet, match="not known for long enough"):
        world.do(DORA, case_id, coaching)
    world.now_ms += 8 * DAY_MS
    world.do(DORA, case_id, coaching)
    with world.store.reading() as session:
        proposed = consequences_of(session, world.case(case_id))[0]
    sign = SignConsequence(consequence_id=proposed.id, words="Agreed, I have seen the answers too")
    assert proposed.signed_ms is None
    with pytest.raises(Unmet, match="second person"):
        world.do(DORA, case_id, sign)
    with pytest.raises(Unmet, match="open the evidence"):
        world.do(EMIL, case_id, sign)
    with pytest.raises(Unmet, match="waits for its second person"):
        world.do(DORA, case_id, Close())
    world.do(EMIL, case_id, OpenEvidence(), sign)
    undo = UndoConsequence(consequence_id=proposed.id, words="The new guideline came later than we thought")
    world.do(DORA, case_id, undo)
    with world.store.reading() as session:
        undone = consequences_of(session, world.case(case_id))[0]
    assert (undone.signed_by, undone.undone_by, undone.undone_ms) == ("emil", "dora", world.now_ms)
    assert world.do(ANA, case_id, Close()).state == "closed"
    assert owed(world) == [
        Verdict(
            finding_id=finding().id,
            rater_id=RATER_ID,
            queue="toxicity",
            verdict="confirmed",
            by="dora",
            at=at("2026-03-02T10:00"),
        )
    ]
    assert sent(world) == ["case", "decision", "consequence", "consequence_undone"]


def test_nobody_confirms_without_having_opened_the_evidence_and_own_words(world: World) -> None:
    case_id = world.answered()
    with pytest.raises(Unmet, match="open the evidence"):
        world.do(DORA, case_id, Confirm(words=WHY))
    world.do(EMIL, case_id, OpenEvidence())
    with pytest.raises(Unmet, match="open the evidence"):
        world.do(DORA, case_id, Confirm(words=WHY))
    world.do(DORA, case_id, OpenEvidence())
    with pytest.raises(Unmet, match="own words"):
        world.do(DORA, case_id, Confirm(words="yes"))
    with pytest.raises(Unmet, match="stand elsewhere"):
        world.do(DORA, case_id, Confirm(words=world.case(case_id).said))
    assert world.case(case_id).state == "answered"
    assert owed(world) == []


def test_words_of_one_decision_are_not_those_of_the_next(world: World) -> None:
    first, second = world.opened(1), world.opened(2)
    world.do(DORA, first, OpenEvidence(), Clear(words=WHY))
    world.do(DORA, second, OpenEvidence())
    with pytest.raises(Unmet, match="stand elsewhere"):
        world.do(DORA, second, Clear(words=WHY))


def test_an_appeal_reopens_what_was_decided_and_another_person_replies(world: World) -> None:
    case_id = world.confirmed()
    world.do(LEE, case_id, TellRater())
    world.do(ANA, case_id, Close())
    world.now_ms += DAY_MS
    case = world.do(RATER, case_id, Appeal(words="The guideline changed that day", item_ids=("item-1",)))
    assert (case.state, case.due_kind, case.due_ms) == ("answered", "reply", at("2026-03-17T10:00"))
    with world.store.reading() as session:
        appeal = appeals_of(session, case)[0]
        assert findings_of(session, case)[0].state == "open"
    grant = GrantAppeal(appeal_id=appeal.id, words="Right, the item came before the change")
    with pytest.raises(Unmet, match="reply to the open appeal first"):
        world.do(EMIL, case_id, OpenEvidence(), Confirm(words="I think that all the same it holds"))
    with pytest.raises(Unmet, match="second person"):
        world.do(DORA, case_id, OpenEvidence(), grant)
    world.do(EMIL, case_id, grant)
    case = world.do(EMIL, case_id, Clear(words="What is left of the answers shows nothing unusual"))
    assert (case.state, case.due_kind) == ("decided", None)
    assert [verdict.verdict for verdict in owed(world)] == ["confirmed", "cleared"]
    with world.store.reading() as session:
        assert [decision.verdict for decision in decisions_of(session, case)] == ["confirmed", "cleared"]


def test_a_refused_appeal_leaves_the_decision_to_be_made(world: World) -> None:
    case_id = world.notified()
    world.do(LEE, case_id, TellRater())
    world.do(RATER, case_id, Appeal(item_ids=("item-2",)))
    with world.store.reading() as session:
        appeal = appeals_of(session, world.case(case_id))[0]
    refuse = RefuseAppeal(appeal_id=appeal.id, words="Four others read the item the other way")
    with pytest.raises(NotThere):
        world.do(DORA, case_id, OpenEvidence(), RefuseAppeal(appeal_id="appeal-other", words=WHY))
    world.do(DORA, case_id, refuse)
    with pytest.raises(WrongState):
        world.do(DORA, case_id, refuse)
    assert world.do(DORA, case_id, Confirm(words=WHY)).state == "decided"


def test_an_appeal_is_about_items_of_the_case_and_in_time(world: World) -> None:
    case_id = world.notified()
    with pytest.raises(Unmet, match="none of the items"):
        world.do(LEE, case_id, Appeal(item_ids=("item-9",)))
    world.now_ms = at("2026-04-01T10:01")
    with pytest.raises(Unmet, match="time to appeal is over"):
        world.do(LEE, case_id, Appeal(words="We stand by all of it"))


def test_a_corrected_known_answer_withdraws_the_case_and_what_followed(world: World) -> None:
    case_id = world.confirmed()
    world.do(LEE, case_id, TellRater())
    world.now_ms += 8 * DAY_MS
    world.do(DORA, case_id, ProposeConsequence(kind=ConsequenceKind.RETRAINING, words="A day with the new guideline"))
    world.take(finding(version=2, event="closed", why="gold_corrected", state="ok"))
    case = world.case(case_id)
    assert case.state == "withdrawn"
    with world.store.reading() as session:
        assert findings_of(session, case)[0].state == "withdrawn"
        assert consequences_of(session, case)[0].undone_ms == world.now_ms
    assert sent(world)[-1] == "withdrawn"


def test_a_withdrawn_finding_leaves_a_case_that_rests_on_others(world: World) -> None:
    case_id = world.opened()
    world.take(finding(id="f" * 32))
    world.take(finding(version=2, event="closed", why="gold_corrected", state="ok"))
    case = world.case(case_id)
    assert case.state == "open"
    with world.store.reading() as session:
        assert sorted(row.state for row in findings_of(session, case)) == ["open", "withdrawn"]
    world.take(finding(id="f" * 32, version=2, event="closed", why="gold_corrected", state="ok"))
    assert world.case(case_id).state == "withdrawn"


def test_evidence_that_went_by_itself_leaves_the_case_to_people(world: World) -> None:
    case_id = world.opened()
    world.take(finding(version=2, event="closed", why="evidence_gone", state="ok"))
    assert world.case(case_id).state == "open"


def test_what_comes_up_again_reopens_the_case_with_its_history(world: World) -> None:
    case_id = world.opened()
    world.do(DORA, case_id, OpenEvidence(), Clear(words=WHY))
    world.do(ANA, case_id, Close())
    again = world.take(finding(id="f" * 32, episode=1))
    assert again is not None
    assert again.case_id == case_id
    case = world.case(case_id)
    assert (case.state, case.round, case.ended_ms) == ("open", 2, None)
    with world.store.reading() as session:
        assert [row.action for row in history_of(session, case)] == [
            *("open", "join", "open_evidence", "clear", "close", "reopen", "join"),
        ]
    # The evidence of the new round has not been opened by anybody.
    with pytest.raises(Unmet, match="open the evidence"):
        world.do(DORA, case_id, Clear(words="The second time it looks as the first one"))


def test_a_decider_reopens_with_a_reason_and_all_deadlines_begin_anew(world: World) -> None:
    case_id = world.confirmed()
    case = world.do(EMIL, case_id, Reopen(words="The vendor sent us the log of the tool"))
    assert (case.state, case.round, case.notified_ms, case.due_ms) == ("triaged", 2, None, None)
    with world.store.reading() as session:
        assert findings_of(session, case)[0].state == "open"


def test_many_are_cleared_at_once_or_none(world: World) -> None:
    cases = [world.opened(number) for number in (1, 2, 3)]
    confirmed = world.confirmed(4)
    reason = "The guideline changed on Monday and nobody was told"
    with pytest.raises(WrongState), world.store.writing() as session:
        clear_all(session, world.contracts, DORA, [*cases, confirmed], reason, world.now_ms)
    assert {world.case(case_id).state for case_id in cases} == {"open"}
    with pytest.raises(Unmet), world.store.writing() as session:
        clear_all(session, world.contracts, DORA, cases, "no", world.now_ms)
    with world.store.writing() as session:
        clear_all(session, world.contracts, DORA, cases, reason, world.now_ms)
    assert {world.case(case_id).state for case_id in cases} == {"decided"}


def test_a_case_that_changed_since_it_was_seen_is_not_changed_again(world: World) -> None:
    case_id = world.opened()
    seen = world.case(case_id).version
    world.do(ANA, case_id, Comment(words="I look at it"))
    with pytest.raises(WrongState, match="somebody else changed"):
        world.do(DORA, case_id, Triage(), version=seen)


def test_a_vendor_sees_a_case_once_it_was_sent_and_never_anothers(world: World) -> None:
    case_id = world.opened()
    for stranger in (LEE, BO, RATER):
        with pytest.raises(NotThere):
            world.do(stranger, case_id, Acknowledge())
    world.do(DORA, case_id, Triage(), Notify())
    world.do(SYSTEM, case_id, Delivered())
    with pytest.raises(NotThere):
        world.do(BO, case_id, Acknowledge())
    with pytest.raises(NotThere):  # the rater was not told yet
        world.do(RATER, case_id, Appeal(words="I stand by it"))
    assert world.do(LEE, case_id, Acknowledge()).state == "acknowledged"


def test_a_vendor_reads_its_answers_and_none_of_our_comments(world: World) -> None:
    case_id = world.answered()
    world.do(DORA, case_id, Comment(words="Only for us"))
    with world.store.reading() as session:
        case = world.case(case_id)
        assert [row.kind for row in comments_of(session, case, ours=False)] == ["answer"]
        assert [row.kind for row in comments_of(session, case, ours=True)] == ["answer", "comment"]


def test_the_buttons_of_a_page_are_what_the_table_allows(world: World) -> None:
    case = world.case(world.notified())
    assert actions_for(case, LEE) == ["open_evidence", "acknowledge", "answer", "appeal", "tell_rater"]
    assert "confirm" not in actions_for(case, DORA)


def test_nothing_is_sent_twice_while_it_is_under_way_nor_to_a_vendor_without_address(world: World) -> None:
    case_id = world.opened()
    world.do(DORA, case_id, Triage(), Notify())
    with pytest.raises(Unmet, match="being sent already"):
        world.do(DORA, case_id, Notify())
    other = world.opened(2, vendor="zeta")
    with pytest.raises(Unmet, match="neither webhook nor e-mail"):
        world.do(DORA, other, Triage(), Notify())


def test_an_answer_and_a_comment_say_something(world: World) -> None:
    case_id = world.notified()
    with pytest.raises(Unmet):
        world.do(LEE, case_id, Answer(words=" "))
    with pytest.raises(Unmet):
        world.do(DORA, case_id, Comment(words=""))
