import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality import alarm
from stream.quality.compiled import plain
from stream.quality.misreading import (
    SKILL,
    STEADY,
    add_known_misreading,
    add_misreading,
    can_be_misread,
    misreading_length,
    misreading_nats,
)
from tests.oracle import answers_drive as drive

TICKET = math.log(1 / 6e-4)


def read_as(shares: np.ndarray, one: int, other: int) -> np.ndarray:
    """What somebody answers who takes the class `one` for `other`, by the definition."""
    read = shares.copy()
    read[other] += STEADY * shares[one]
    read[one] -= STEADY * shares[one]
    return SKILL * read + (1.0 - SKILL) / len(shares)


@pytest.mark.parametrize("scale", [3, 4, 8])
def test_the_readings_have_won_the_mean_of_what_each_pair_makes_of_the_answers(scale: int) -> None:
    chance = np.random.default_rng(scale)
    pairs = [(one, other) for one in range(scale) for other in range(scale) if one != other]
    won, row = dict.fromkeys(pairs, 0.0), np.zeros(misreading_length(scale), "i8")
    for _ in range(30):
        shares, label = np.zeros(scale), int(chance.integers(scale))
        shares[chance.permutation(scale)[: min(scale, 4)]] = chance.dirichlet(np.ones(min(scale, 4)))
        shares = 0.98 * shares + 0.02 / scale
        said = drive.said(shares.tolist(), label)
        plain(add_misreading)(label, said["own"] / 65_535, said, scale, row)
        for pair in pairs:
            won[pair] += math.log(read_as(shares, *pair)[label])
    expected = math.log(sum(math.exp(one) for one in won.values()) / len(pairs))
    assert plain(misreading_nats)(row, scale) == pytest.approx(expected, abs=2e-2)


known = st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(0.4, 0.99))


@given(st.lists(known, min_size=1, max_size=8))
@settings(deadline=None, max_examples=60)
def test_known_answers_count_as_their_hit_rate_and_are_taken_back_exactly(golds: list[tuple[int, int, float]]) -> None:
    row = np.zeros(misreading_length(4), "i8")
    pairs = [(one, other) for one in range(4) for other in range(4) if one != other]
    won = dict.fromkeys(pairs, 0.0)
    for label, truth, hit in golds:
        plain(add_known_misreading)(label, truth, hit, 4, 1, row)
        shares = np.where(np.arange(4) == truth, hit, (1 - hit) / 3)
        for one, other in pairs:
            read = read_as(shares, one, other) if one == truth else SKILL * shares + (1 - SKILL) / 4
            won[one, other] += math.log(read[label])
    expected = math.log(sum(math.exp(one) for one in won.values()) / len(pairs))
    assert plain(misreading_nats)(row, 4) == pytest.approx(expected, abs=1e-3)
    for label, truth, hit in golds:
        plain(add_known_misreading)(label, truth, hit, 4, -1, row)
    assert not row.any()


def misreads(one: int, other: int) -> drive.Pick:
    def pick(shares: np.ndarray, place: int, chance: np.random.Generator) -> int:
        read = drive.honest(shares, place, chance)
        return other if read == one and chance.random() < 0.97 else read

    return pick


@pytest.mark.parametrize(("one", "other"), [(1, 0), (0, 1), (3, 2)])
def test_whoever_takes_one_class_for_another_is_not_flagged_as_careless(one: int, other: int) -> None:
    found = [drive.first_alarm(drive.answers(misreads(one, other), 400, seed), TICKET) for seed in range(12)]
    assert found == [None] * 12


def test_one_answer_to_two_classes_and_more_is_no_misreading() -> None:
    def pick(shares: np.ndarray, place: int, chance: np.random.Generator) -> int:
        read = drive.honest(shares, place, chance)
        return 0 if chance.random() < 0.97 else read

    found = [drive.first_alarm(drive.answers(pick, 60, seed), TICKET) for seed in range(12)]
    assert found == [12, 10, 19, 9, 17, 7, 11, 19, 19, 22, 8, 19]


@pytest.mark.parametrize("scale", [2, 9, 32])
def test_two_labels_have_no_such_reading_and_many_need_none(scale: int) -> None:
    row = np.zeros(misreading_length(scale), "i8")
    shares = [1.0 / scale] * scale
    plain(add_misreading)(0, shares[0], drive.said(shares, 0), scale, row)
    plain(add_known_misreading)(0, 1, 0.9, scale, 1, row)
    assert not can_be_misread(scale)
    assert not row.any()
    assert plain(misreading_nats)(row, scale) == -math.inf


def test_a_row_fits_wherever_one_with_more_labels_fits() -> None:
    lengths = [alarm.alarm_length(scale) for scale in range(2, 33)]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("scale", [2, 3, 8])
def test_the_compiled_form_equals_the_plain_one(scale: int) -> None:
    chance = np.random.default_rng(scale)
    rows = [np.zeros(misreading_length(scale), "i8") for _ in range(2)]
    for _ in range(40):
        label, truth = (int(one) for one in chance.integers(scale, size=2))
        said = drive.said(chance.dirichlet(np.ones(scale)).tolist(), label)
        add_misreading(label, said["own"] / 65_535, said, scale, rows[0])
        plain(add_misreading)(label, said["own"] / 65_535, said, scale, rows[1])
        add_known_misreading(label, truth, 0.8, scale, 1, rows[0])
        plain(add_known_misreading)(label, truth, 0.8, scale, 1, rows[1])
    assert rows[0].tolist() == rows[1].tolist()
    assert misreading_nats(rows[0], scale) == pytest.approx(plain(misreading_nats)(rows[1], scale))
