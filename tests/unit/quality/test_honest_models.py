import math

import numpy as np
import pytest

from stream.quality.compiled import plain
from stream.quality.honest_models import (
    APART,
    BADLY,
    DEVIATIONS,
    HONEST_MODELS,
    HONEST_WEIGHTS,
    LEAST_SKILL,
    USUAL,
    add_honest,
    honest_spread,
)
from stream.quality.schema import NAT


def test_the_weights_are_those_of_a_population() -> None:
    assert sum(HONEST_WEIGHTS) == pytest.approx(1.0)
    mean = sum(w * d for w, d in zip(HONEST_WEIGHTS, DEVIATIONS, strict=True))
    spread = math.sqrt(sum(w * (d - mean) ** 2 for w, d in zip(HONEST_WEIGHTS, DEVIATIONS, strict=True)))
    assert spread == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize("information", [0.2, 1.0, 2.5])
def test_a_hundred_answers_tell_two_apart_who_differ_by_one_spread(information: float) -> None:
    standard_error = 1.0 / math.sqrt(100 * information)
    assert plain(honest_spread)(information) == pytest.approx(standard_error)


def test_a_queue_that_tells_nothing_has_a_bounded_spread() -> None:
    assert plain(honest_spread)(0.0) == 1.0
    assert plain(honest_spread)(APART * APART) == 1.0


def test_each_model_adds_the_log_of_what_it_makes_of_the_answer_and_takes_it_back() -> None:
    share, mix, scale, spread = 0.7, 0.4, 4, 0.2
    sums = np.zeros(HONEST_MODELS, "i8")
    plain(add_honest)(share, mix, scale, spread, 1, sums)
    for place, deviation in enumerate(DEVIATIONS):
        skill = max(USUAL + deviation * spread, LEAST_SKILL)
        wrong = (0.25 + mix) / 2 if deviation <= BADLY else 0.25
        assert sums[place] / NAT == pytest.approx(math.log(skill * share + (1 - skill) * wrong), abs=1e-4)
    plain(add_honest)(share, mix, scale, spread, -1, sums)
    assert not sums.any()


def test_no_answer_is_impossible_for_the_most_skilled() -> None:
    sums = np.zeros(HONEST_MODELS, "i8")
    plain(add_honest)(0.0, 0.5, 2, 0.19, 1, sums)
    assert sums[0] / NAT == pytest.approx(math.log(0.01 / 2), abs=1e-4)
