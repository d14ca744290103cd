import math
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest

from stream.events import Adjudication, Gold, Judgment, Retraction
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.simulate import Behaviour, CrowdSettings, Simulation, World, encode_events, plain_world, simulate
from stream.simulate.presets import NOTHING_UNTIDY
from stream.simulate.world import FIRST_MONDAY_MS

SMALL = World(judgments=3_000, crowd=CrowdSettings(raters=60))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    once, again, other = (list(encode_events(simulate(SMALL, seed))) for seed in (7, 7, 8))

    assert once == again
    assert once != other


def test_every_event_is_valid_as_the_wire_defines_it(everyday):
    decoder = msgspec.json.Decoder(Judgment | Gold | Adjudication | Retraction)

    for (key, value), event in zip(encode_events(everyday.events), everyday.events, strict=True):
        assert decoder.decode(value) == event
        assert key == event.item_id.encode()
        assert len(value) < 1_000


def test_every_item_gets_its_queues_redundancy_from_different_raters(everyday):
    raters = defaultdict(list)
    for judgment in everyday.first_sent():
        raters[judgment.queue, judgment.item_id].append(judgment.rater_id)
    redundancy = {queue.name: queue.redundancy for queue in everyday.simulation.world.queues}

    assert {queue for queue, _ in raters} == set(redundancy)
    for (queue, _), who in raters.items():
        assert len(set(who)) == redundancy[queue]


def test_only_declared_repeats_let_a_rater_judge_an_item_twice():
    tidy, with_repeats = (
        simulate(replace(SMALL, rates=replace(SMALL.rates, duplicates=0, revisions=0, repeats=share)), 1)
        for share in (0, 0.05)
    )

    def most(simulation: Simulation) -> int:
        judged = [(e.rater_id, e.queue, e.item_id) for e in simulation if isinstance(e, Judgment)]
        return max(Counter(judged).values())

    assert most(tidy) == 1
    assert most(with_repeats) == 2
    assert with_repeats.made == pytest.approx(tidy.made * 1.05, rel=0.02)


def test_judgments_of_a_rater_never_overlap_unless_copied():
    by_rater = defaultdict(list)
    crowd_without_breaks = plain_world(6_000, 8, {Behaviour.SLOW: 0.5, Behaviour.CAREFUL: 0.5})
    for event in simulate(crowd_without_breaks, 3):
        by_rater[event.rater_id].append((event.submitted_at - event.duration_ms, event.submitted_at))

    for spans in by_rater.values():
        spans.sort()
        assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


def test_events_arrive_nearly_in_the_order_of_submission_and_only_late_ones_far_behind():
    def furthest_behind(late: float) -> int:
        newest = behind = 0
        for event in simulate(replace(plain_world(20_000, 30), rates=replace(NOTHING_UNTIDY, late=late)), 3):
            newest = max(newest, event.submitted_at)
            behind = max(behind, newest - event.submitted_at)
        return behind

    assert furthest_behind(late=0) < 10_000
    assert 3_600_000 < furthest_behind(late=0.01) <= 7_210_000


def test_work_is_spread_over_the_days_asked_for():
    for days in (1, 4):
        moments = [event.submitted_at for event in simulate(replace(plain_world(20_000, 40), days=days), 1)]
        first = FIRST_MONDAY_MS
        assert {(moment - first) // 86_400_000 for moment in moments} == set(range(days))


def test_a_queue_moves_to_its_second_guideline_once(everyday):
    versions = [
        j.guideline for j in sorted(everyday.first_sent(), key=lambda j: j.submitted_at) if j.queue == "search_match"
    ]

    assert set(versions) == {"v1", "v2"}
    by_item = defaultdict(set)
    for judgment in everyday.judgments:
        by_item[judgment.item_id].add(judgment.guideline)
    assert all(len(seen) == 1 for seen in by_item.values())


def test_labels_are_true_as_often_as_the_prior_says():
    world = World(judgments=60_000, crowd=CrowdSettings(raters=100))
    simulation = simulate(world, 2)
    assert sum(1 for _ in simulation) > 60_000
    true = defaultdict(Counter)
    for item in simulation.truth.items():
        true[item.queue][item.label] += 1

    for queue in world.queues:
        if queue.kind != "set":
            shares = [true[queue.name][label] / true[queue.name].total() for label in queue.labels]
            chance = 4.5 * math.sqrt(0.25 / true[queue.name].total())
            assert shares == pytest.approx(queue.prior, abs=chance), queue.name
    members = Counter(member for label, n in true["scene_tags"].items() for member in msgspec.json.decode(label) * n)
    assert members["person"] > members["building"] > members["text"] > 0


def test_accuracy_is_that_of_answered_and_standing_judgments():
    world = plain_world(6_000, 12)
    simulation = simulate(replace(world, rates=replace(world.rates, skips=0.3, retractions=0.3)), 1)
    events = list(simulation)
    true = {item.item_id: item.label for item in simulation.truth.items()}
    retracted = {event.judgment_id for event in events if isinstance(event, Retraction)}
    right = defaultdict(list)
    for event in events:
        if isinstance(event, Judgment) and event.label is not None and event.judgment_id not in retracted:
            right[event.rater_id].append(event.label == true[event.item_id])

    for row in simulation.truth.raters():
        assert row.accuracy == pytest.approx(sum(right[row.rater_id]) / len(right[row.rater_id]), abs=1e-6)


def test_pseudonyms_differ_by_vendor_and_seed_and_raw_ids_are_given_on_request():
    def ids(world: World, seed: int) -> set[str]:
        return {event.rater_id for event in simulate(world, seed) if isinstance(event, Judgment)}

    assert all(looks_like_pseudonym(rater) for rater in ids(SMALL, 1))
    assert not ids(SMALL, 1) & ids(SMALL, 2)
    assert not any(looks_like_pseudonym(rater) for rater in ids(replace(SMALL, pseudonyms="raw"), 1))
    vendor_of = {e.rater_id[:3]: e.vendor for e in simulate(SMALL, 1) if isinstance(e, Judgment)}
    assert sorted(vendor_of.values()) == ["alba", "borea", "cassia", "dorado", "estrella"]


def test_a_plain_world_holds_judgments_and_nothing_else():
    simulation = simulate(plain_world(judgments=999, raters=12), 1)
    events = list(simulation)

    assert len(events) == simulation.made == 999
    assert all(event.gold is None and event.outcome == "answered" and event.duration_ms for event in events)
    assert not any(row.bad for row in simulation.truth.raters())


def test_ten_thousand_raters_come_to_work():
    simulation = simulate(World(judgments=100_000, crowd=CrowdSettings(raters=10_000)), 1)
    assert sum(1 for _ in simulation) > 100_000

    assert len({row.rater_id for row in simulation.truth.raters()}) > 5_000
