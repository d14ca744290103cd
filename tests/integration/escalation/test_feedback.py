"""What goes back to the stream, samples for blind re-judging, and erasing a rater."""

import random

import msgspec
import pytest
from sqlalchemy import select, text

from alerts.escalation.cases.actions import Appeal, Close, TellRater
from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.deliver.outbox import send_again
from alerts.escalation.errors import NotThere, Unmet, WrongRole
from alerts.escalation.store.audit import verify
from alerts.escalation.store.reading import decisions_of, findings_of, readings_of
from alerts.escalation.store.tables import DeliveryRow, OutgoingRow, SampleRow, Table
from alerts.escalation.store.tokens import create_token
from alerts.escalation.work.correcting import correct_gold
from alerts.escalation.work.erasing import erase_rater
from alerts.escalation.work.evidence import event_of
from alerts.escalation.work.precision import blind_of_detectors
from alerts.escalation.work.rater_pool import Judged, MemoryPool
from alerts.escalation.work.retention import drop_old_evidence
from alerts.escalation.work.sampling import blind_items, draw_samples, is_drawn, judge_again
from stream.events import Event, Gold
from tests.escalation_world import ANA, DAY_MS, DORA, LEE, RATER, RATER_ID, World, finding

PRIVACY, ADMIN = Person("pia", Role.PRIVACY), Person("root", Role.ADMIN)
DRAWN = [number for number in range(2, 200) if is_drawn(f"{number:032x}", "seed")]
OTHER = "rkx-honest000001"


def pool(*numbers: int) -> MemoryPool:
    """Raters who always say “fine”, and one who says what is right: “rude” on odd items."""
    constant = {
        ("toxicity", f"rkx-{number:012d}"): [Judged(f"c{number}-{item}", "fine") for item in range(30)]
        for number in numbers
    }
    honest = {("toxicity", OTHER): [Judged(f"h-{item}", _right(f"h-{item}")) for item in range(30)]}
    return MemoryPool(constant | honest, [f"rkx-{number:012d}" for number in numbers])


def _right(item_id: str) -> str:
    return "rude" if int(item_id.rpartition("-")[2]) % 2 else "fine"


def owed(world: World) -> list[Event]:
    with world.store.reading() as session:
        return [msgspec.json.decode(row.value, type=Event) for row in session.scalars(select(OutgoingRow))]


def test_a_twentieth_of_findings_is_sampled_and_the_same_ones_again() -> None:
    share = sum(is_drawn(f"{number:032x}", "seed") for number in range(20_000)) / 20_000
    assert 0.045 < share < 0.055
    assert [number for number in range(2, 200) if is_drawn(f"{number:032x}", "another seed")] != DRAWN


def test_a_flagged_rater_is_sampled_with_another_and_nobody_sees_which_is_which(world: World) -> None:
    flagged, passed_over = DRAWN[0], DRAWN[0] + 1
    for number in (flagged, passed_over):
        world.opened(number)
    for _ in range(2):
        with world.store.writing() as session:
            draw_samples(session, pool(flagged, passed_over), "seed", random.Random(3), world.now_ms)
    with world.store.reading() as session:
        samples = session.scalars(select(SampleRow)).all()
        waiting = blind_items(session, 100)
    assert sorted((row.flagged, row.rater_id) for row in samples) == [(False, OTHER), (True, f"rkx-{flagged:012d}")]
    assert len(waiting) == 40
    assert [item._fields for item in waiting[:1]] == [("sample_id", "item_id", "queue")]
    # Mixed: neither sample comes first as a whole.
    assert len({item.sample_id for item in waiting[:15]}) == 2


def test_re_judging_measures_a_detector_blindly(world: World) -> None:
    world.opened(DRAWN[0])
    with world.store.writing() as session:
        draw_samples(session, pool(DRAWN[0]), "seed", random.Random(3), world.now_ms)
        waiting = blind_items(session, 100)
        with pytest.raises(WrongRole):
            judge_again(session, ANA, waiting[0], "fine", world.now_ms)
    for item in waiting:
        with world.store.writing() as session:
            judge_again(session, DORA, item, _right(item.item_id), world.now_ms)
    with world.store.writing() as session, pytest.raises(NotThere):
        judge_again(session, DORA, waiting[0], "fine", world.now_ms)
    with world.store.reading() as session:
        found = blind_of_detectors(session)["constant_answer"]
    assert (found.flagged, found.flagged_unusual, found.others_unusual, found.usual_same) == (1, 1, 0, 1.0)
    assert len(owed(world)) == 40


def test_a_corrected_known_answer_goes_to_the_stream_and_its_item_stays_out_of_the_chain(world: World) -> None:
    with world.store.writing() as session:
        correct_gold(session, DORA, "toxicity", "item-secret", "rude", 2, world.now_ms)
        with pytest.raises(WrongRole):
            correct_gold(session, LEE, "toxicity", "item-secret", "fine", 3, world.now_ms)
    wanted = Gold(queue="toxicity", item_id="item-secret", label="rude", revision=2, at=world.now_ms)
    assert owed(world) == [wanted]
    with world.store.engine.connect() as connection:
        assert "item-secret" not in str(connection.execute(text("SELECT * FROM audit")).all())


def test_an_erased_rater_is_nowhere_and_the_chain_stays_whole(world: World) -> None:
    case_id = world.confirmed()
    world.do(LEE, case_id, TellRater())
    with world.store.writing() as session:
        create_token(session, ADMIN, RATER, "page", 30, world.now_ms)
    with world.store.writing() as session, pytest.raises(Unmet, match="is not over"):
        erase_rater(session, PRIVACY, RATER_ID, world.now_ms)
    world.do(ANA, case_id, Close())
    with world.store.writing() as session, pytest.raises(WrongRole):
        erase_rater(session, DORA, RATER_ID, world.now_ms)
    with world.store.reading() as session:
        before = verify(session)
    with world.store.writing() as session:
        erased = erase_rater(session, PRIVACY, RATER_ID, world.now_ms)
    assert (erased.cases, erased.findings) == (1, 1)
    assert erased.audit_parts > 0
    with world.store.reading() as session:
        after = verify(session, before.head)
        assert after.rows == before.rows + 1
        for table in Table.metadata.sorted_tables:
            held = str(session.execute(select(table)).all())
            for trace in (RATER_ID, "item-1", "guideline", "93 %"):
                assert trace not in held, (table.name, trace)
        dead = session.scalars(select(DeliveryRow.id).where(DeliveryRow.state == "dead")).all()
    assert dead
    with world.store.writing() as session, pytest.raises(Unmet, match="was erased"):
        send_again(session, DORA, dead[0], world.now_ms)


def test_what_is_erased_stays_erased_when_it_comes_up_again(world: World) -> None:
    case_id = world.confirmed()
    world.do(ANA, case_id, Close())
    with world.store.writing() as session:
        erase_rater(session, PRIVACY, RATER_ID, world.now_ms)
    row = world.take(finding(id="f" * 32))
    assert row is not None
    assert row.case_id != case_id


def test_evidence_goes_ninety_days_after_its_case_ended_and_the_decision_stays(world: World) -> None:
    case_id, live = world.confirmed(), world.opened(2)
    world.do(ANA, case_id, Close())
    dropped = []
    for days in (89, 2, 1):
        world.now_ms += days * DAY_MS
        with world.store.writing() as session:
            dropped.append(drop_old_evidence(session, 90, world.now_ms))
    assert dropped == [0, 1, 0]
    with world.store.reading() as session:
        assert event_of(findings_of(session, world.case(case_id))[0]) is None
        assert event_of(findings_of(session, world.case(live))[0]) is not None
        assert decisions_of(session, world.case(case_id))[0].verdict == "confirmed"
        assert readings_of(session, world.case(case_id)) == []


def test_an_appeal_is_erased_with_its_words(world: World) -> None:
    case_id = world.notified()
    world.do(LEE, case_id, TellRater())
    world.do(RATER, case_id, Appeal(words="canary words", item_ids=("item-2",)))
    world.take(finding(version=2, event="closed", why="gold_corrected", state="ok"))
    with world.store.writing() as session:
        erase_rater(session, PRIVACY, RATER_ID, world.now_ms)
    with world.store.reading() as session:
        for table in Table.metadata.sorted_tables:
            assert "canary" not in str(session.execute(select(table)).all())
