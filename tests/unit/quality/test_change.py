import math

import numpy as np
import pytest

from stream.quality import change
from stream.quality.compiled import plain
from stream.quality.own_past import PAST
from tests.oracle import answers_drive as drive

TICKET = math.log(2_500 / 2e-4)
SEEDS = (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("to", "found"),
    [
        (drive.random, [37, 13, 19, 15, 14]),
        (drive.constant, [17, 8, 15, 17, 14]),
        (drive.honest, [None] * 5),
    ],
    ids=["random", "constant", "unchanged"],
)
def test_a_change_after_250_good_judgments_is_found_after_so_many_more(to: drive.Pick, found: list[int | None]) -> None:
    streams = [drive.answers(drive.turning(250, to), 800, seed) for seed in SEEDS]
    at = [drive.first_change(stream, TICKET) for stream in streams]
    assert [n - 250 if n is not None else None for n in at] == found


def test_who_was_random_from_the_start_has_not_changed() -> None:
    assert [drive.first_change(drive.answers(drive.random, 800, seed), TICKET) for seed in SEEDS] == [None] * 5


def test_who_leans_from_the_start_has_not_changed() -> None:
    leaning = drive.lean(1, 2.5)
    assert [drive.first_change(drive.answers(leaning, 800, seed), TICKET) for seed in SEEDS] == [None] * 5


def test_long_blocks_of_one_class_are_the_items_doing() -> None:
    """A sorted queue: the peers see the same block, so one answer throughout is what an honest rater gives."""
    rows, chance = drive.fresh(), np.random.default_rng(1)
    highest = -math.inf
    for place in range(800):
        top = place // 100 % 4
        shares = np.full(4, 0.05)
        shares[top] = 0.85
        label = drive.honest(shares, place, chance)
        drive.take(rows, drive.Answer(label, drive.said(shares.tolist(), label)))
        highest = max(highest, change.change_nats(rows.change, 4))
    assert highest < TICKET


def test_unchanged_raters_reach_a_level_as_seldom_as_the_bound_says() -> None:
    """200 raters of 100 judgments at A = 1,000: 10 % at most by the bound, 20; 33 is three standard deviations on."""
    flagged = sum(
        drive.first_change(drive.answers(drive.honest, 100, seed), math.log(1_000)) is not None for seed in range(200)
    )
    assert flagged <= 33


def test_the_first_judgments_only_make_the_past() -> None:
    rows = drive.fresh()
    for answer in drive.answers(drive.constant, change.AFTER, 1):
        drive.take(rows, answer)
    assert not rows.change[PAST:].any()
    assert rows.change[:PAST].any()


def test_it_falls_back_when_the_rater_does() -> None:
    rows = drive.fresh()
    stream = drive.answers(drive.turning(250, drive.random), 300, 2) + drive.answers(drive.honest, 60, 3)
    after_change = 0.0
    for n, answer in enumerate(stream, 1):
        drive.take(rows, answer)
        if n == 300:
            after_change = change.change_nats(rows.change, 4)
    assert after_change > TICKET
    assert change.change_nats(rows.change, 4) < TICKET / 2


@pytest.mark.parametrize("scale", [2, 4, 32])
def test_the_compiled_form_equals_the_plain_one(scale: int) -> None:
    chance = np.random.default_rng(scale)
    counts = chance.integers(0, 50, 32)
    compiled_row = np.zeros(change.change_length(scale), "i8")
    plain_row = compiled_row.copy()
    for _ in range(200):
        shares = chance.dirichlet(np.full(scale, 0.5))
        label = int(chance.integers(scale))
        said, usual = drive.said(shares.tolist(), label), -float(chance.exponential(1.0))
        change.add_change(label, said, counts, scale, usual, compiled_row)
        plain(change.add_change)(label, said, counts, scale, usual, plain_row)
    assert compiled_row.tolist() == plain_row.tolist()
    assert change.change_nats(compiled_row, scale) == pytest.approx(plain(change.change_nats)(plain_row, scale))


def test_evidence_beyond_all_budgets_stays_within_64_bits() -> None:
    row = np.zeros(change.change_length(2), "i8")
    for _ in range(200):
        change.add_change(0, drive.said([0.5, 0.5], 0), np.array([5, 5]), 2, -20.0, row)
    assert row.min() >= 0
    assert change.change_nats(row, 2) == pytest.approx(math.log(1e13), abs=0.01)
