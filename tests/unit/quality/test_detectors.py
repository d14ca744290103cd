"""The first policy on seeded streams: exact detection indices, and who must never be flagged."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from stream.quality.policy import DEFAULT_POLICY, Detector, State
from stream.quality.schema import Column, Flag
from tests.oracle.raters_drive import Bench, Seen

GOLD, UNRELATED, CONSTANT = Detector
SEEDS = (1, 2, 3, 4, 5)


def golds(accuracy: float, n: int, seed: int) -> list[tuple[int, Seen]]:
    random_ = random.Random(seed)
    return [(0, Seen(credit=float(random_.random() < accuracy))) for _ in range(n)]


def peers(
    agreement: float, n: int, seed: int, label: Callable[[random.Random], int] | None = None
) -> list[tuple[int, Seen]]:
    random_ = random.Random(seed)
    pick = label or (lambda draw: draw.randrange(4))
    return [(0, Seen(label=pick(random_), agreement=float(random_.random() < agreement))) for _ in range(n)]


def first(bench: Bench, judgments: list[tuple[int, Seen]], detector: Detector) -> int | None:
    return next((n for n, which, opened in bench.feed(judgments).get(0, []) if which == detector and opened), None)


@pytest.mark.parametrize(
    ("accuracy", "found"), [(0.0, [8] * 5), (0.25, [19, 15, 19, 31, 11]), (0.5, [91, 48, 52, 158, 41])]
)
def test_known_answers_below_the_floor_are_found_after_so_many(accuracy: float, found: list[int]) -> None:
    assert [first(Bench(1, scale=2), golds(accuracy, 500, seed), GOLD) for seed in SEEDS] == found


def test_a_rater_at_the_floor_is_ever_alarmed_with_probability_alpha_at_most() -> None:
    """400 raters of accuracy .70 = the floor, 2,000 golds each, looked at after each: at alpha = .05 at most 20 are
    expected; 33 is three standard deviations above."""
    raters, n = 400, 2000
    bench = Bench(raters, scale=2, policy=DEFAULT_POLICY._replace(gold_alarm=float(np.log(20))))
    right = np.random.default_rng(7).random((n, raters)) < 0.7
    moved = bench.feed((slot, Seen(credit=float(right[k, slot]))) for k in range(n) for slot in range(raters))
    alarmed = sum(any(opened for _, _, opened in events) for events in moved.values())
    assert 0 < alarmed <= 33


def test_the_floor_is_the_midpoint_of_chance_and_the_queues_mean_at_most_70_percent() -> None:
    hard = [first(Bench(1, scale=2, gold_mean=0.6), golds(0.5, 300, seed), GOLD) for seed in SEEDS]
    assert hard == [None] * 5, "where the mean is 60 % of two labels, half right is near the floor of 55 %"


def test_a_corrected_gold_takes_the_evidence_back() -> None:
    bench = Bench(1, scale=2)
    assert bench.feed(golds(0.0, 8, 1)) == {0: [(8, GOLD, True)]}
    bench.rows.life[0, Column.GOLD_RIGHT] = 7 * 2**30  # seven of the eight known answers were wrong themselves
    assert bench.feed([(0, Seen(credit=1.0))]) == {0: [(1, GOLD, False)]}


def test_a_verdict_restarts_only_its_own_test() -> None:
    bench = Bench(1)
    bench.feed([(0, Seen(credit=0.0, agreement=0.25, label=n % 4)) for n in range(60)])
    assert int(bench.rows.hot["open"][0]) == 0b011
    bench.restart(0, GOLD)
    assert int(bench.rows.hot["open"][0]) == 0b010
    assert State(int(bench.rows.hot["state"][0])) == State.SUSPECT
    bench.restart(0, UNRELATED)
    assert State(int(bench.rows.hot["state"][0])) < State.SUSPECT
    again = bench.feed([(0, Seen(credit=0.0, agreement=0.25, label=n % 4)) for n in range(60)])
    assert again == {0: [(10, GOLD, True), (36, UNRELATED, True)]}


def test_a_verdict_on_a_constant_answer_asks_for_as_many_new_ones() -> None:
    bench = Bench(1)
    same = [(0, Seen(label=1, agreement=0.25)) for _ in range(50)]
    opened = [n for n, which, now in bench.feed(same)[0] if which == CONSTANT and now]
    bench.restart(0, CONSTANT)
    assert [n for n, which, now in bench.feed(same)[0] if which == CONSTANT and now] == opened == [30]


@pytest.mark.parametrize(("agreement", "found"), [(0.25, [30, 30, 30, 48, 36]), (0.1, [30] * 5)])
def test_answers_unrelated_to_peers_are_found_after_so_many(agreement: float, found: list[int]) -> None:
    assert [first(Bench(1), peers(agreement, 500, seed), UNRELATED) for seed in SEEDS] == found


def test_one_constant_answer_is_found_as_soon_as_there_is_enough_to_say() -> None:
    found = [first(Bench(1), peers(0.3, 200, seed, lambda _: 2), CONSTANT) for seed in SEEDS]
    assert found == [30] * 5


def test_one_answer_that_peers_share_is_the_items_doing() -> None:
    assert first(Bench(1), peers(0.95, 500, 1, lambda _: 2), CONSTANT) is None


def test_one_answer_that_the_queues_mix_explains_is_no_finding() -> None:
    usual = [(0, Seen(label=2, agreement=0.5, expected=0.9)) for _ in range(200)]
    assert first(Bench(1), usual, CONSTANT) is None


def test_careful_raters_are_left_alone() -> None:
    """200 raters of ability .8 to .95, 500 judgments, a fifth of them golds: nobody."""
    random_ = random.Random(11)
    ability = [random_.uniform(0.8, 0.95) for _ in range(200)]
    judgments = [
        (
            slot,
            Seen(
                label=random_.choice([0, 0, 1, 2, 3]),
                agreement=float(random_.random() < ability[slot] * 0.9),
                credit=float(random_.random() < ability[slot]) if random_.random() < 0.2 else None,
            ),
        )
        for _ in range(500)
        for slot in range(200)
    ]
    bench = Bench(200)
    assert bench.feed(judgments) == {}
    assert set(bench.rows.hot["state"][:200].tolist()) <= {State.OK, State.WATCH}


def test_speed_alone_flags_nobody() -> None:
    fast = [
        (0, Seen(label=n % 4, agreement=0.9, duration_ms=1, flags=int(Flag.FAST | Flag.FAST_KNOWN))) for n in range(500)
    ]
    bench = Bench(1)
    assert bench.feed(fast) == {}
    assert State(int(bench.rows.hot["state"][0])) == State.OK


def test_dissent_alone_flags_nobody() -> None:
    """Agreeing with half of one's peers is less than the queue's mean and far more than chance."""
    for seed in SEEDS:
        assert Bench(1).feed(peers(0.6, 500, seed)) == {}


def test_training_never_opens_a_finding() -> None:
    bench = Bench(1, training=True)
    assert bench.feed([(0, Seen(label=1, credit=0.0, agreement=0.0)) for _ in range(200)]) == {}
    assert int(bench.rows.life[0, Column.JUDGMENTS]) == 200, "it is measured all the same"


def test_where_the_queue_itself_agrees_by_chance_nobody_is_told_from_the_others() -> None:
    assert first(Bench(1, ratio=0.1), peers(0.0, 500, 1), UNRELATED) is None
    assert first(Bench(1, ratio=0.2), peers(0.0, 500, 1), UNRELATED) == 30


def test_a_rater_is_unknown_until_there_is_something_to_say() -> None:
    bench = Bench(1)
    bench.feed(peers(0.9, 9, 1))
    assert State(int(bench.rows.hot["state"][0])) == State.UNKNOWN
    bench.feed(peers(0.9, 1, 2))
    assert State(int(bench.rows.hot["state"][0])) == State.OK
    alone = Bench(1)
    alone.feed([(0, Seen()) for _ in range(100)])
    assert State(int(alone.rows.hot["state"][0])) == State.UNKNOWN, "without a peer nothing is known of agreement"
