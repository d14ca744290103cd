import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality import alarm
from stream.quality.alarm_kinds import AlarmKind, likeliest, shares_of_kinds
from stream.quality.compiled import plain
from tests.oracle import answers_drive as drive

TICKET = math.log(1 / 6e-4)
SEEDS = (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("pick", "found"),
    [
        (drive.random, [7, 24, 10, 6, 17]),
        (drive.constant, [8, 17, 15, 9, 10]),
        (drive.inverted, [8, 12, 8, 11, 6]),
        (drive.honest, [None] * 5),
        (drive.lean(1, 2.0), [None] * 5),
    ],
    ids=["random", "constant", "inverted", "honest", "leaning"],
)
def test_careless_raters_are_found_after_so_many_judgments_and_honest_ones_never(
    pick: drive.Pick, found: list[int | None]
) -> None:
    assert [drive.first_alarm(drive.answers(pick, 1_000, seed), TICKET) for seed in SEEDS] == found


def test_honest_raters_are_ever_alarmed_with_probability_alpha_at_most() -> None:
    """300 raters at α = .1: 30 expected at most, 46 is three standard deviations above."""
    alarmed = sum(
        drive.first_alarm(drive.answers(drive.honest, 80, seed), math.log(10)) is not None for seed in range(300)
    )
    assert alarmed <= 46


@pytest.mark.parametrize(
    ("pick", "kind"),
    [
        (drive.random, AlarmKind.UNRELATED),
        (drive.constant, AlarmKind.CONSTANT),
        (drive.inverted, AlarmKind.INVERTED),
    ],
    ids=["random", "constant", "inverted"],
)
def test_a_clear_case_has_its_name(pick: drive.Pick, kind: AlarmKind) -> None:
    rows = drive.fresh()
    for answer in drive.answers(pick, 80, 1):
        drive.take(rows, answer)
    shares = shares_of_kinds(rows.alarm, 4)
    assert likeliest(shares) == kind
    assert shares[kind] > 0.6
    if kind is AlarmKind.CONSTANT:
        assert alarm.constant_label(rows.alarm, 4) == 0


known = st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(0.5, 0.99), st.floats(0.01, 0.99))


@given(st.lists(known, max_size=8), st.integers(0, 40), st.integers(0, 100))
@settings(max_examples=60, deadline=None)
def test_known_answers_taken_back_leave_exactly_what_was_there(
    golds: list[tuple[int, int, float, float]], answered: int, seed: int
) -> None:
    rows, without = drive.fresh(), drive.fresh()
    for gold in golds:
        alarm.add_known(*gold, 4, 1, rows.alarm)
    for answer in drive.answers(drive.honest, answered, seed):
        drive.take(rows, answer)
        drive.take(without, answer)
    for gold in reversed(golds):
        alarm.add_known(*gold, 4, -1, rows.alarm)
    assert rows.alarm.tolist() == without.alarm.tolist()


def test_wrong_known_answers_raise_the_alarm_and_right_ones_lower_it() -> None:
    wrong, right = drive.fresh(), drive.fresh()
    for n in range(16):
        alarm.add_known((n + 1 + n // 4) % 4, n % 4, 0.9, 0.25, 4, 1, wrong.alarm)
        alarm.add_known(n % 4, n % 4, 0.9, 0.25, 4, 1, right.alarm)
    assert alarm.alarm_nats(wrong.alarm, 4) > 3.0
    assert alarm.alarm_nats(right.alarm, 4) < -2.0


def test_someone_careful_on_known_answers_and_constant_elsewhere_is_found() -> None:
    rows, found = drive.fresh(), None
    for n, answer in enumerate(drive.answers(drive.constant, 60, 3), 1):
        if n % 10 == 0:
            alarm.add_known(n // 10 % 4, n // 10 % 4, 0.9, 0.25, 4, 1, rows.alarm)
        drive.take(rows, answer)
        if found is None and alarm.alarm_nats(rows.alarm, 4) >= TICKET:
            found = n
    assert found == 10


@pytest.mark.parametrize("scale", [2, 3, 4, 7, 32])
def test_the_compiled_form_equals_the_plain_one(scale: int) -> None:
    chance = np.random.default_rng(scale)
    counts = chance.integers(0, 50, 32)
    compiled_row = np.zeros(alarm.alarm_length(scale), "i8")
    plain_row = compiled_row.copy()
    for _ in range(60):
        shares = chance.dirichlet(np.full(scale, 0.3))
        label = int(chance.integers(scale))
        said = drive.said(shares.tolist(), label)
        alarm.add_scored(label, said, counts, scale, 0.15, compiled_row)
        plain(alarm.add_scored)(label, said, counts, scale, 0.15, plain_row)
        assert compiled_row.tolist() == plain_row.tolist()
    alarm.add_known(1, 0, 0.8, 0.3, scale, 1, compiled_row)
    plain(alarm.add_known)(1, 0, 0.8, 0.3, scale, 1, plain_row)
    assert compiled_row.tolist() == plain_row.tolist()
    assert alarm.alarm_nats(compiled_row, scale) == pytest.approx(plain(alarm.alarm_nats)(plain_row, scale), abs=1e-9)


def test_labels_that_are_not_named_share_what_is_left() -> None:
    """With 32 labels and four named, an unnamed answer is improbable for honest raters and still counts for them."""
    row = np.zeros(alarm.alarm_length(32), "i8")
    shares = [0.7, 0.1, 0.05, 0.05] + [0.1 / 28] * 28
    alarm.add_scored(31, drive.said(shares, 31), np.full(32, 10), 32, 0.15, row)
    assert 0.0 < alarm.alarm_nats(row, 32) < 5.0


def test_a_row_of_zeros_is_a_new_episode() -> None:
    rows = drive.fresh()
    for answer in drive.answers(drive.random, 60, 1):
        drive.take(rows, answer)
    rows.alarm[:] = 0
    assert alarm.alarm_nats(rows.alarm, 4) == pytest.approx(0.0)
    for answer in drive.answers(drive.honest, 60, 1):
        drive.take(rows, answer)
    assert alarm.alarm_nats(rows.alarm, 4) < -5.0
