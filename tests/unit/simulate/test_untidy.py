from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from stream.events import Adjudication, Gold, Judgment, Retraction
from stream.simulate import CrowdSettings, Rates, World, plain_world, simulate
from stream.simulate.presets import NOTHING_UNTIDY


@pytest.fixture(scope="module")
def true_item(everyday):
    return {item.item_id: item for item in everyday.simulation.truth.items()}


def test_each_gold_item_says_its_answer_once_inside_a_judgment_or_as_an_event_before_it(everyday, true_item):
    inline, announced, judged = Counter(), set(), set()
    for event in everyday.events:
        if isinstance(event, Gold) and event.revision == 0:
            assert event.item_id not in judged
            announced.add(event.item_id)
        if isinstance(event, Judgment):
            if event.gold is not None and event.revision == 0:
                assert event.item_id not in judged or inline[event.item_id]  # a duplicate of the first one
                inline[event.item_id] += 1
            judged.add(event.item_id)

    assert not announced & set(inline)
    assert announced | set(inline) == {item.item_id for item in true_item.values() if item.gold}
    assert len(inline) > len(announced) > 50


def test_wrong_golds_are_corrected_or_withdrawn_by_a_higher_revision(everyday, true_item):
    published = {e.item_id: e.gold for e in everyday.judgments if e.gold is not None and isinstance(e.gold, str)}
    corrections = [event for event in everyday.events if isinstance(event, Gold) and event.revision > 0]

    assert {event.item_id for event in corrections} == {i.item_id for i in true_item.values() if i.gold_wrong_at_first}
    assert {event.label is None for event in corrections} == {True, False}
    for event in corrections:
        if isinstance(event.label, str):
            assert event.label == true_item[event.item_id].label
        assert event.item_id not in published or published[event.item_id] != true_item[event.item_id].label
    for item, label in published.items():
        assert true_item[item].gold_wrong_at_first or label == true_item[item].label


def test_adjudications_are_random_and_true(everyday, true_item):
    found = [event for event in everyday.events if isinstance(event, Adjudication)]

    assert len(found) == pytest.approx(0.05 * len(true_item), rel=0.15)
    assert {event.sampling for event in found} == {"random"}
    assert all(event.label == true_item[event.item_id].label for event in found if isinstance(event.label, str))


def test_retractions_name_a_judgment_that_came_before(everyday):
    sent = set()
    retracted = 0
    for event in everyday.events:
        if isinstance(event, Judgment):
            sent.add((event.judgment_id, event.item_id, event.rater_id, event.queue))
        if isinstance(event, Retraction):
            retracted += 1
            assert (event.judgment_id, event.item_id, event.rater_id, event.queue) in sent
    assert retracted > 100


def test_a_judgment_sent_again_is_a_revision_with_the_right_label_or_the_same_to_the_byte(everyday, true_item):
    by_id = defaultdict(list)
    for event in everyday.judgments:
        by_id[event.judgment_id].append(event)
    kinds = Counter()
    for first, *more in by_id.values():
        for again in more:
            kinds["revised" if again.revision else "duplicate"] += 1
            if again.revision:
                assert again.label != first.label
                assert not isinstance(again.label, str) or again.label == true_item[again.item_id].label
                assert replace_revision(again) == replace_revision(first)
            else:
                assert again == first

    assert kinds["revised"] > 50
    assert kinds["duplicate"] > 100


def replace_revision(judgment):
    return (judgment.item_id, judgment.rater_id, judgment.queue, judgment.submitted_at, judgment.duration_ms)


def test_skipped_and_escalated_judgments_have_no_label(everyday):
    outcomes = Counter(judgment.outcome for judgment in everyday.first_sent())

    assert outcomes["skipped"] > outcomes["escalated"] > 0
    assert all((judgment.label is None) == (judgment.outcome != "answered") for judgment in everyday.judgments)


def test_trainees_begin_every_queue_with_training():
    world = World(
        judgments=20_000, crowd=CrowdSettings(raters=40), rates=Rates(trainees=1.0, duplicates=0, revisions=0)
    )
    stages = defaultdict(Counter)
    for event in simulate(world, 1):
        if isinstance(event, Judgment):
            stages[event.rater_id, event.queue][event.stage] += 1

    assert all(stage["training"] == min(30, stage.total()) for stage in stages.values())


@pytest.mark.parametrize("name", Rates.__slots__)
def test_every_rate_at_zero_leaves_its_untidiness_out_and_at_a_half_brings_it_in(name):
    if name.startswith("golds_"):
        base = Rates(**{**dict.fromkeys(Rates.__slots__, 0.0), "golds": 0.5, "golds_wrong": 0.5})
    else:
        base = NOTHING_UNTIDY
    world = plain_world(3_000, 20)
    off, on = (list(simulate(replace(world, rates=replace(base, **{name: share})), 1)) for share in (0.0, 0.5))

    assert _signs(name, off) == 0
    assert _signs(name, on) > 0


def _signs(name, events):
    judgments = [event for event in events if isinstance(event, Judgment)]
    golds = [event for event in events if isinstance(event, Gold)]
    newest, behind = 0, 0
    for judgment in judgments:
        newest = max(newest, judgment.submitted_at)
        behind += newest - judgment.submitted_at > 60_000
    asked = Counter((j.item_id, j.rater_id) for j in {j.judgment_id: j for j in judgments}.values())
    return {
        "golds": sum(j.gold is not None for j in judgments),
        "golds_as_events": sum(gold.revision == 0 for gold in golds),
        "golds_wrong": sum(gold.revision > 0 for gold in golds),
        "golds_withdrawn": sum(gold.label is None for gold in golds),
        "adjudications": sum(isinstance(event, Adjudication) for event in events),
        "retractions": sum(isinstance(event, Retraction) for event in events),
        "revisions": sum(j.revision > 0 for j in judgments),
        "duplicates": len(judgments) - len({(j.judgment_id, j.revision) for j in judgments}),
        "repeats": sum(times > 1 for times in asked.values()),
        "skips": sum(j.outcome == "skipped" for j in judgments),
        "escalations": sum(j.outcome == "escalated" for j in judgments),
        "late": behind,
        "untimed": sum(j.duration_ms is None for j in judgments),
        "trainees": sum(j.stage == "training" for j in judgments),
    }[name]
