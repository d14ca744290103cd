from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from evaluation.worlds import MODERATE, OPEN_ITEMS, WORLDS, Chunk, Population, World, judgments
from evaluation.worlds.arrivals import advance
from evaluation.worlds.behaviours import (
    BIASED,
    CONSTANT_MINOR,
    COPIER,
    CREW,
    FAST_BUT_RIGHT,
    GOLD_AWARE,
    HONEST,
    INVERTED,
    MINORITY,
    RANDOM,
    SLOW,
    UNIFORM,
    Behaviour,
    Otherwise,
    degrading,
)
from evaluation.worlds.compiled import plain
from evaluation.worlds.crews import traits_of
from evaluation.worlds.scene import begin, columns
from evaluation.worlds.stream import scene_of

MED4 = WORLDS["med4"]
COLUMNS = ("item", "rater", "label", "truth", "known", "duration_ms")
ALIKE = Population(ability_sd=0.0, bias_sd=0.0)


def joined(
    world: World = MED4,
    crew: Sequence[Behaviour] = CREW,
    each: int = 100,
    population: Population = MODERATE,
    chunk: int = 100_000,
    crews: range = range(1),
) -> Chunk:
    chunks = list(
        judgments(world, population, judgments_per_rater=each, seed=5, crew=crew, crews=crews, chunk_judgments=chunk)
    )
    return Chunk(chunks[0].crew, *(np.concatenate([getattr(part, name) for part in chunks]) for name in COLUMNS))


def right(found: Chunk, place: int) -> float:
    mine = found.rater == place
    return float((found.label[mine] == found.truth[mine]).mean())


@pytest.mark.parametrize("chunk", [7, 1_000, 4_000])
def test_the_stream_does_not_depend_on_the_size_of_its_chunks(chunk: int) -> None:
    whole, cut = joined(), joined(chunk=chunk)
    assert all(np.array_equal(getattr(whole, name), getattr(cut, name)) for name in COLUMNS)


def test_a_crew_is_the_same_whichever_others_are_asked_for_and_unlike_them() -> None:
    third = joined(crews=range(2, 3))
    among = list(judgments(MED4, MODERATE, judgments_per_rater=100, seed=5, crews=range(1, 4)))
    assert [part.crew for part in among] == [1, 2, 3]
    assert np.array_equal(among[1].label, third.label)
    assert not np.array_equal(among[0].label, third.label)


def test_raters_of_another_crew_are_other_people() -> None:
    def usual_times(crew: int) -> list[float]:
        found = joined(each=400, crews=range(crew, crew + 1))
        return [float(np.median(found.duration_ms[found.rater == place])) for place in range(40)]

    # The own pace is the only thing that lasts: two samples of one crew would correlate with .98.
    assert abs(np.corrcoef(usual_times(0), usual_times(1))[0, 1]) < 0.4


def test_every_item_is_judged_by_as_many_different_raters_as_the_redundancy_says() -> None:
    found = joined()
    assert len(found.item) == 40 * 100
    assert (np.bincount(found.item) == MED4.redundancy).all()
    assert len(np.unique(np.stack([found.item, found.rater]), axis=1).T) == len(found.item)


def test_raters_judge_about_equally_much_and_mix_with_everybody() -> None:
    found = joined(each=1_000)
    judged = np.bincount(found.rater)
    assert judged.min() >= 985
    assert judged.max() <= 1_015


def test_a_judgment_waits_as_long_as_the_window_says_and_never_longer_than_a_ring_of_open_items() -> None:
    found = joined(each=1_000)
    last = np.maximum.accumulate(found.item)
    behind = last - found.item
    # Behind the newest item that anybody has judged: that one lags the newest open item by a fraction of an item.
    assert 20 < behind.mean() < 30
    assert behind.max() < OPEN_ITEMS


@pytest.mark.parametrize("name", ["med2", "imb2"])
def test_honest_accuracy_is_what_the_model_says(name: str) -> None:
    world = WORLDS[name]
    found = joined(world, [HONEST] * 40, each=2_000, population=ALIKE)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    clarity = world.ability_logits - world.difficulty_sd * nodes
    expected = (weights / weights.sum() / (1 + np.exp(-clarity))).sum()
    assert (found.label == found.truth).mean() == pytest.approx(expected, abs=0.005)
    assert np.bincount(found.truth) / len(found.truth) == pytest.approx(world.prior, abs=0.01)


def test_errors_on_an_item_lean_towards_the_same_wrong_class() -> None:
    found = joined(MED4, [HONEST] * 40, each=1_000, population=ALIKE)
    wrong = [found.label[(found.item == item) & (found.label != found.truth)] for item in range(3_000)]
    pairs = [labels[:2] for labels in wrong if len(labels) >= 2]
    # Three wrong classes, one twice as likely (e**.7): two errors agree with (4 + 1 + 1) / 16 = .375, else 1 / 3.
    assert np.mean([first == second for first, second in pairs]) == pytest.approx(0.376, abs=0.025)


def test_those_who_do_not_look_answer_regardless_of_the_truth() -> None:
    found = joined(crew=[HONEST] * 37 + [RANDOM, UNIFORM, CONSTANT_MINOR], each=4_000)
    for place, expected in ((37, MED4.prior), (38, [0.25] * 4), (39, [0.0075, 0.0075, 0.0075, 0.9775])):
        for truth in range(4):
            labels = found.label[(found.rater == place) & (found.truth == truth)]
            assert np.bincount(labels, minlength=4) / len(labels) == pytest.approx(expected, abs=0.06)


def test_an_inverted_rater_is_wrong_where_others_are_right() -> None:
    found = joined(WORLDS["easy2"], [HONEST] * 39 + [INVERTED], each=2_000, population=ALIKE)
    honest = right(found, 0)
    assert right(found, 39) == pytest.approx(0.2 * honest + 0.8 * (1 - honest), abs=0.03)


def test_a_biased_rater_uses_one_class_too_often() -> None:
    crew = [HONEST] * 39 + [BIASED]
    found = joined(crew=crew, each=2_000, population=ALIKE)
    mix = np.bincount(found.label, minlength=4) / len(found.label)
    own = np.bincount(found.label[found.rater == 39], minlength=4) / (found.rater == 39).sum()
    assert (own - mix).max() > 0.1


def test_degradation_begins_right_after_the_judgment_named() -> None:
    sure = replace(WORLDS["easy4"], ability_logits=60.0)
    found = joined(sure, [HONEST] * 10 + [degrading(250, Otherwise.FIRST)] * 30, each=300, population=ALIKE)
    rows = [found.rater == place for place in range(10, 40)]
    right_at = np.array([(found.label[row] == found.truth[row])[:280] for row in rows]).mean(0)
    assert (right_at[:250] == 1.0).all()
    assert (right_at[250:] < 0.6).all()
    assert np.mean([(found.label[row][250:] == 0).mean() for row in rows]) == pytest.approx(0.9775, abs=0.015)


def test_a_gold_aware_rater_is_right_on_golds_only() -> None:
    world = replace(WORLDS["easy4"], gold_share=0.2)
    found = joined(world, [HONEST] * 39 + [GOLD_AWARE], each=2_000)
    mine, gold = found.rater == 39, found.known >= 0
    assert gold.mean() == pytest.approx(0.2, abs=0.01)
    assert (found.known[gold] == found.truth[gold]).all()
    assert (found.label == found.truth)[mine & gold].mean() > 0.9
    assert (found.label == 0)[mine & ~gold].mean() > 0.94


def test_without_a_share_of_golds_there_are_none() -> None:
    assert (joined().known == -1).all()


def test_minority_readers_agree_with_each_other_on_items_that_they_read_differently() -> None:
    world = replace(WORLDS["easy4"], open_share=0.2, ability_logits=30.0)
    found = joined(world, [HONEST] * 20 + [MINORITY] * 20, each=1_000, population=ALIKE)
    minority = found.rater >= 20
    differs = found.label != found.truth
    assert not differs[~minority].any()
    assert differs[minority].mean() == pytest.approx(0.2, abs=0.02)
    on_open = np.isin(found.item, np.unique(found.item[differs])) & minority
    assert (found.label[on_open] == (found.truth[on_open] + 1) % 4).all()


def test_the_second_of_a_pair_of_copiers_takes_the_answer_of_the_first() -> None:
    found = joined(WORLDS["hard4"], [HONEST] * 6 + [COPIER] * 4, each=4_000, population=ALIKE)
    agreement = {(6, 7): 0.0, (8, 9): 0.0, (7, 8): 0.0, (0, 1): 0.0}
    for one, other in agreement:
        first = dict(zip(found.item[found.rater == one], found.label[found.rater == one], strict=True))
        second = dict(zip(found.item[found.rater == other], found.label[found.rater == other], strict=True))
        both = first.keys() & second.keys()
        assert len(both) > 500
        agreement[one, other] = float(np.mean([first[item] == second[item] for item in both]))
    assert min(agreement[6, 7], agreement[8, 9]) > 0.92
    assert max(agreement[7, 8], agreement[0, 1]) < 0.6


def test_pace_follows_the_behaviour_and_accuracy_does_not_suffer() -> None:
    found = joined(WORLDS["easy2"], [HONEST] * 30 + [SLOW] * 5 + [FAST_BUT_RIGHT] * 5, each=1_000, population=ALIKE)
    median_s = [np.median(found.duration_ms[found.rater == place]) / 1_000 for place in range(40)]
    assert np.mean(median_s[:30]) == pytest.approx(12, rel=0.15)
    assert np.mean(median_s[30:35]) == pytest.approx(30, rel=0.4)
    assert np.mean(median_s[35:]) == pytest.approx(4.2, rel=0.4)
    assert np.mean([right(found, place) for place in range(35, 40)]) == pytest.approx(right(found, 0), abs=0.03)


def test_the_compiled_world_is_the_plain_one() -> None:
    crew = [HONEST] * 4 + [COPIER] * 2 + [GOLD_AWARE, INVERTED, MINORITY, UNIFORM]
    scene = scene_of(replace(MED4, gold_share=0.2), 100, (1, 0))
    traits = traits_of(crew, MODERATE, 2.0, 4, (1, 0))
    made = []
    for form in (advance, plain(advance)):
        progress, out = begin(len(crew), scene), columns(500)
        assert form(scene, traits, progress, out) == 400
        made.append(out)
    assert all(np.array_equal(one, other) for one, other in zip(*made, strict=True))


def test_a_crew_too_small_for_the_redundancy_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 4 raters"):
        joined(crew=[HONEST] * 4)
