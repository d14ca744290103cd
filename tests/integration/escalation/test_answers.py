"""What is right, said by our own people in a case: it is owed to the stream with the decision, on both databases."""

import msgspec
import pytest
from sqlalchemy import select

from alerts.escalation.cases.actions import Appeal, CorrectAnswer, JudgeItems, OpenEvidence, TellRater
from alerts.escalation.cases.roles import SYSTEM
from alerts.escalation.errors import Unmet, WrongRole
from alerts.escalation.store.audit import verify
from alerts.escalation.store.reading import find_case, history_of
from alerts.escalation.store.tables import OutgoingRow
from stream.events import Adjudication, Gold
from tests.escalation_world import DORA, ITEMS, LEE, RATER, World

WORDS = "The guideline calls this harmful since May, we had it wrong"


def owed(world: World, kind: type[Gold | Adjudication]) -> list[tuple[str, Gold | Adjudication]]:
    with world.store.reading() as session:
        rows = session.scalars(select(OutgoingRow).order_by(OutgoingRow.id)).all()
        events = [(row.key, msgspec.json.decode(row.value, type=Gold | Adjudication)) for row in rows]
    return [(key, event) for key, event in events if isinstance(event, kind)]


def test_a_corrected_answer_goes_to_each_items_own_partition_above_every_earlier_revision(world: World) -> None:
    case_id = world.notified()
    world.do(DORA, case_id, OpenEvidence(), CorrectAnswer(item_ids=ITEMS[:2], label="harmful", words=WORDS))
    world.now_ms += 60_000
    world.do(DORA, case_id, CorrectAnswer(item_ids=ITEMS[:1], label=None, words=f"{WORDS} for now"))
    sent = owed(world, Gold)
    assert [(key, gold.item_id, gold.label, gold.queue) for key, gold in sent] == [
        (ITEMS[0], ITEMS[0], "harmful", "toxicity"),
        (ITEMS[1], ITEMS[1], "harmful", "toxicity"),
        (ITEMS[0], ITEMS[0], None, "toxicity"),
    ]
    assert sent[2][1].revision > sent[0][1].revision > 1_000_000_000


def test_items_judged_in_a_case_are_no_random_sample(world: World) -> None:
    case_id = world.notified()
    world.do(DORA, case_id, OpenEvidence(), JudgeItems(item_ids=ITEMS[:1], label="fine", words=WORDS))
    world.do(DORA, case_id, TellRater())
    world.do(RATER, case_id, Appeal(words="I stand by it"))
    world.do(DORA, case_id, JudgeItems(item_ids=ITEMS[1:2], label="fine", severity="critical", words=f"{WORDS} too"))
    judged = [event for _, event in owed(world, Adjudication)]
    assert [(one.sampling, one.severity, one.auditor) for one in judged] == [
        ("targeted", "minor", "dora"),
        ("appeal", "critical", "dora"),
    ]


def test_nobody_says_what_is_right_unseen_elsewhere_or_without_words(world: World) -> None:
    case_id = world.notified()
    right = CorrectAnswer(item_ids=ITEMS[:1], label="harmful", words=WORDS)
    with pytest.raises(Unmet, match="open the evidence"):
        world.do(DORA, case_id, right)
    world.do(DORA, case_id, OpenEvidence())
    with pytest.raises(Unmet, match="'item-9' is none of the items"):
        world.do(DORA, case_id, msgspec.structs.replace(right, item_ids=("item-9",)))
    with pytest.raises(Unmet, match="in your own words"):
        world.do(DORA, case_id, msgspec.structs.replace(right, words="wrong"))
    with pytest.raises(WrongRole):
        world.do(LEE, case_id, right)
    assert owed(world, Gold) == []


def test_the_audit_says_who_corrected_how_many_and_keeps_the_answer_apart(world: World) -> None:
    case_id = world.notified()
    world.do(DORA, case_id, OpenEvidence(), CorrectAnswer(item_ids=ITEMS, label="harmful", words=WORDS))
    with world.store.reading() as session:
        last = history_of(session, find_case(session, SYSTEM, case_id))[-1]
        assert verify(session).rows > 0
    assert (last.action, last.actor) == ("correct_answer", "dora")
    assert "harmful" not in last.facts
