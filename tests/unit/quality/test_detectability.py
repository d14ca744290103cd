import math

import numpy as np
import pytest

from stream.quality.compiled import plain
from stream.quality.detectability import (
    INFORMATION_SUMS,
    add_information,
    expected_judgments,
    reading_information,
)
from tests.oracle import answers_drive as drive

TICKET = math.log(1 / 6e-4)


def information(clear: float) -> np.ndarray:
    sums = np.zeros(INFORMATION_SUMS, "i8")
    for answer in drive.answers(drive.honest, 300, 1, clear):
        add_information(answer.said, drive.MIX, 4, sums)
    return sums


def test_the_expected_number_is_about_what_detection_takes() -> None:
    """The promise is made against the weakest honest reading that is not rare, so it is on the careful side."""
    expected = expected_judgments(information(0.85), TICKET)
    for pick, promised in ((drive.random, expected.random), (drive.inverted, expected.inverted)):
        taken = [drive.first_alarm(drive.answers(pick, 300, seed), TICKET) or 300 for seed in range(20)]
        assert 0.5 * promised < np.median(taken) < 1.5 * promised


def test_a_queue_on_which_peers_disagree_hides_random_clickers() -> None:
    assert (
        expected_judgments(information(0.4), TICKET).random > 4 * expected_judgments(information(0.85), TICKET).random
    )


def test_what_an_answer_tells_of_a_skill_is_the_chi_square_of_the_mix() -> None:
    chance = np.random.default_rng(1)
    sums, each = np.zeros(INFORMATION_SUMS, "i8"), []
    mix = (drive.MIX + 1) / (drive.MIX.sum() + 4)
    for _ in range(5_000):
        shares = chance.dirichlet(np.full(4, 5.0))
        add_information(drive.said(shares.tolist(), 0), drive.MIX, 4, sums)
        each.append(((shares - mix) ** 2 / shares).sum())
    assert plain(reading_information)(sums) == pytest.approx(np.mean(np.minimum(each, 30.0)), rel=0.01)
    assert plain(reading_information)(np.zeros(INFORMATION_SUMS, "i8")) == pytest.approx(0.3)


def test_an_empty_queue_promises_nothing() -> None:
    assert expected_judgments(np.zeros(INFORMATION_SUMS, "i8"), TICKET) == (math.inf, math.inf, math.inf)


@pytest.mark.parametrize("scale", [2, 4, 32])
def test_the_compiled_form_equals_the_plain_one(scale: int) -> None:
    chance = np.random.default_rng(scale)
    compiled_sums, plain_sums = np.zeros(INFORMATION_SUMS, "i8"), np.zeros(INFORMATION_SUMS, "i8")
    counts = chance.integers(0, 50, 32)
    for _ in range(50):
        said = drive.said(chance.dirichlet(np.full(scale, 0.5)).tolist(), 0)
        add_information(said, counts, scale, compiled_sums)
        plain(add_information)(said, counts, scale, plain_sums)
    assert compiled_sums.tolist() == plain_sums.tolist()
