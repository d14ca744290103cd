from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from statistics import mean, median

import msgspec
import pytest

from stream.simulate import Behaviour, plain_world
from stream.simulate.answers import BOUNDARY_SORTS
from stream.simulate.everyday import PLAIN_QUEUE
from tests.unit.simulate.conftest import run

# Each test reads one property off the labels and times themselves; the truth only says whose they are.


@pytest.fixture(scope="module")
def true_label(everyday):
    return {item.item_id: item for item in everyday.simulation.truth.items()}


def told(judgment):
    return judgment.label if isinstance(judgment.label, str) else msgspec.json.encode(judgment.label).decode()


def accuracy(judgments, true_label):
    answered = [judgment for judgment in judgments if judgment.label is not None]
    return mean(told(judgment) == true_label[judgment.item_id].label for judgment in answered)


def most_common_share(judgments):
    answered = [told(judgment) for judgment in judgments if judgment.label is not None]
    return Counter(answered).most_common(1)[0][1] / len(answered)


def beside_careful(everyday, behaviour):
    """Mean accuracy less that of careful raters in the same queue, weighted by judgments."""
    careful = defaultdict(list)
    for row in everyday.truth.values():
        if row.behaviour is Behaviour.CAREFUL:
            careful[row.queue].append(row)
    rows = [row for row in everyday.truth.values() if row.behaviour is behaviour and careful[row.queue]]
    usual = {queue: weighted(made) for queue, made in careful.items() if made}
    return weighted([row._replace(accuracy=row.accuracy - usual[row.queue]) for row in rows])


def weighted(rows):
    return sum(row.judgments * row.accuracy for row in rows) / sum(row.judgments for row in rows)


def test_constant_raters_give_one_answer(everyday):
    for (_, queue), judgments in everyday.of(Behaviour.CONSTANT_ANSWER).items():
        assert most_common_share(judgments) > 0.93, queue
    for (_, queue), judgments in everyday.of(Behaviour.CAREFUL).items():
        assert most_common_share(judgments) < 0.93, queue


def test_gold_aware_raters_are_right_on_golds_and_constant_elsewhere(everyday, true_label):
    for judgments in everyday.of(Behaviour.GOLD_AWARE).values():
        golds = [judgment for judgment in judgments if true_label[judgment.item_id].gold]
        others = [judgment for judgment in judgments if not true_label[judgment.item_id].gold]
        assert most_common_share(others) > 0.93
        if len(golds) > 20:
            assert accuracy(golds, true_label) > 0.7
            assert accuracy(golds, true_label) > accuracy(others, true_label) + 0.1 or most_common_share(golds) > 0.8


def test_copiers_give_their_partners_answers_after_them(everyday):
    first_last = sorted(everyday.first_sent(), key=lambda judgment: -judgment.submitted_at)
    answers = {(judgment.rater_id, judgment.item_id): judgment for judgment in first_last}
    pairs = everyday.of(Behaviour.COPIER)
    assert pairs
    for (rater, queue), copies in pairs.items():
        partner = everyday.truth[rater, queue].partner_id
        both = [(copy, answers[partner, copy.item_id]) for copy in copies if copy.label is not None]
        shared = [(copy, own) for copy, own in both if own.label is not None]
        assert mean(copy.label == own.label for copy, own in shared) > 0.88
        assert all(copy.submitted_at > own.submitted_at for copy, own in shared)
        assert {copy.vendor for copy, _ in shared} == {own.vendor for _, own in shared}


def test_honest_raters_agree_less_than_a_copier_and_the_partner(one_queue):
    answers = defaultdict(dict)
    for judgments in one_queue.of(Behaviour.CAREFUL).values():
        for judgment in judgments:
            answers[judgment.item_id][judgment.rater_id] = judgment.label
    pairs = [list(labels.values()) for labels in answers.values() if len(labels) == 2]

    assert len(pairs) > 1_000
    assert mean(one == other for one, other in pairs) < 0.8


@pytest.mark.parametrize("behaviour", [Behaviour.DEGRADING, Behaviour.DEGRADING_CONSTANT])
def test_degrading_raters_are_careful_until_the_stated_judgment(everyday, true_label, behaviour):
    rows = {at: made for at, made in everyday.of(behaviour).items() if everyday.truth[at].bad}
    assert rows
    before, after = [], []
    for at, judgments in rows.items():
        turn = everyday.truth[at].from_judgment - 1
        assert 0 < turn < len(judgments)
        before += judgments[:turn]
        after += judgments[turn:]
        if behaviour is Behaviour.DEGRADING_CONSTANT and len(judgments) - turn > 50:
            assert most_common_share(judgments[turn:]) > 0.93 > most_common_share(judgments[:turn])
    assert accuracy(before, true_label) > accuracy(after, true_label) + 0.2


def test_a_degrading_rater_who_never_reaches_the_moment_is_not_bad(everyday):
    for at, judgments in everyday.of(Behaviour.DEGRADING).items():
        truth = everyday.truth[at]
        assert truth.judgments == len(judgments)
        assert truth.bad or truth.from_judgment == 0


def test_speeders_are_fast_and_worse_while_some_are_fast_but_right_and_others_merely_slow(everyday, true_label):
    def factor(behaviour):
        shares = []
        for queue in everyday.simulation.world.queues:
            times = [
                j.duration_ms for (_, name), made in everyday.of(behaviour).items() if name == queue.name for j in made
            ]
            shares += [median(time for time in times if time) / queue.typical_ms] if times else []
        return mean(shares)

    assert factor(Behaviour.SPEEDER) < 0.4 * factor(Behaviour.CAREFUL)
    assert factor(Behaviour.FAST_BUT_RIGHT) < 0.55 * factor(Behaviour.CAREFUL)
    assert factor(Behaviour.SLOW) > 1.8 * factor(Behaviour.CAREFUL)
    assert beside_careful(everyday, Behaviour.SPEEDER) < -0.2
    for behaviour in (Behaviour.FAST_BUT_RIGHT, Behaviour.SLOW):
        assert beside_careful(everyday, behaviour) > -0.12


def test_exposed_raters_work_for_hours_on_sensitive_content_without_a_break(everyday):
    sensitive = {queue.name for queue in everyday.simulation.world.queues if queue.sensitivity != "none"}
    longest = 0
    for (_, queue), judgments in everyday.of(Behaviour.EXPOSED).items():
        assert queue in sensitive
        assert {judgment.sensitivity for judgment in judgments} <= {"sensitive", "severe"}
        began = judgments[0].submitted_at
        for one, following in pairwise(judgments):
            if following.submitted_at - (following.duration_ms or 0) - one.submitted_at > 900_000:
                began = following.submitted_at
            longest = max(longest, following.submitted_at - began)
    assert longest > 4 * 3_600_000
    stated = {b: max(t.unbroken_min for t in everyday.truth.values() if t.behaviour is b) for b in Behaviour}
    assert stated[Behaviour.EXPOSED] == pytest.approx(longest / 60_000, abs=15)


def test_minority_readers_read_one_class_differently_every_time(one_queue):
    true_label = {item.item_id: item.label for item in one_queue.simulation.truth.items()}
    by_rater = one_queue.of(Behaviour.MINORITY_READING)
    assert len(by_rater) == 3
    for judgments in by_rater.values():
        given = defaultdict(Counter)
        for judgment in judgments:
            given[true_label[judgment.item_id]][judgment.label] += 1
        assert given["b"]["a"] > 0.5 * given["b"].total()
        assert given["b"]["b"] < 0.1 * given["b"].total()
        assert all(given[label].most_common(1)[0][0] == label for label in "acd")


def test_inverted_raters_do_worse_than_chance_and_random_ones_know_nothing(one_queue):
    chance = 0.4**2 + 0.3**2 + 0.2**2 + 0.1**2
    for row in one_queue.truth.values():
        if row.behaviour is Behaviour.INVERTED:
            assert row.accuracy < chance - 0.03
        if row.behaviour is Behaviour.RANDOM:
            assert row.accuracy == pytest.approx(chance, abs=0.06)
        if row.behaviour is Behaviour.CAREFUL:
            assert row.accuracy > chance + 0.15


def test_lazy_and_sloppy_raters_stand_between_random_and_careful_ones(one_queue):
    random, lazy, sloppy = (beside_careful(one_queue, b) for b in (Behaviour.RANDOM, Behaviour.LAZY, Behaviour.SLOPPY))

    assert random < lazy < sloppy < 0


def test_only_planted_behaviours_are_bad_and_accuracy_is_what_the_labels_say(everyday, true_label):
    honest = {"careful", "sloppy", "fast_but_right", "slow", "exposed", "minority_reading"}
    assert {row.behaviour for row in everyday.truth.values() if row.bad} == set(Behaviour) - honest
    for at, judgments in everyday.of(Behaviour.RANDOM).items():
        if at[1] in ("spam", "topic"):
            assert everyday.truth[at].accuracy == pytest.approx(accuracy(judgments, true_label), abs=0.02)


def test_of_two_classes_minority_readers_take_a_sort_of_items_for_the_other_and_still_read():
    queue = replace(PLAIN_QUEUE, labels=("a", "b"), prior=(0.7, 0.3))
    made = run(plain_world(12_000, 20, {Behaviour.CAREFUL: 0.8, Behaviour.MINORITY_READING: 0.2}, (queue,)))
    true_label = {item.item_id: item for item in made.simulation.truth.items()}
    for judgments in made.of(Behaviour.MINORITY_READING).values():
        rare = [judgment for judgment in judgments if true_label[judgment.item_id].label == "b"]
        at_boundary = [judgment for judgment in rare if int(judgment.item_id.split("-")[1]) % BOUNDARY_SORTS == 0]
        others = [judgment for judgment in rare if judgment not in at_boundary]
        assert accuracy(at_boundary, true_label) < 0.1
        assert accuracy(others, true_label) > 0.6
