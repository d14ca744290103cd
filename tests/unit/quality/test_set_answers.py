"""Sets of labels on seeded streams: agreement alone speaks, in the cautious words of the first policy."""

import random
from collections.abc import Callable

import pytest

from stream.quality.policy import Detector, State
from stream.quality.schema import Kind
from tests.oracle.raters_drive import Bench, Moved, Seen

SEEDS = (1, 2, 3, 4, 5)
UNRELATED, CONSTANT, GOLD = Detector.UNRELATED, Detector.CONSTANT, Detector.KNOWN_ANSWERS
SETS = (0b0001, 0b0011, 0b0101, 0b1111)


def bench(ratio: float = 0.8) -> Bench:
    return Bench(1, kind=Kind.SET, ratio=ratio)


def peers(agreement: float, n: int, seed: int, pick: Callable[[random.Random], int] | None = None) -> list[Seen]:
    random_ = random.Random(seed)
    choose = pick or (lambda draw: SETS[draw.randrange(4)])
    return [Seen(label=choose(random_), agreement=float(random_.random() < agreement)) for _ in range(n)]


def fed(drive: Bench, judgments: list[Seen]) -> list[Moved]:
    return drive.feed((0, seen) for seen in judgments).get(0, [])


def first(drive: Bench, judgments: list[Seen], detector: Detector) -> int | None:
    return next((one.n for one in fed(drive, judgments) if one.detector == detector and one.is_open), None)


@pytest.mark.parametrize(("agreement", "found"), [(0.25, [30, 30, 30, 48, 36]), (0.1, [30] * 5)])
def test_answers_unrelated_to_peers_are_found_after_so_many(agreement: float, found: list[int]) -> None:
    assert [first(bench(), peers(agreement, 500, seed), UNRELATED) for seed in SEEDS] == found


def test_one_constant_answer_is_found_as_soon_as_there_is_enough_to_say() -> None:
    found = [first(bench(), peers(0.3, 200, seed, lambda _: 0b0101), CONSTANT) for seed in SEEDS]
    assert found == [30] * 5


def test_one_answer_that_peers_share_is_the_items_doing() -> None:
    assert first(bench(), peers(0.95, 500, 1, lambda _: 0b0101), CONSTANT) is None


def test_one_answer_that_the_queues_mix_explains_is_no_finding() -> None:
    usual = [Seen(label=0b0101, agreement=0.5, expected=0.9) for _ in range(200)]
    assert first(bench(), usual, CONSTANT) is None


def test_dissent_alone_flags_nobody() -> None:
    """Agreeing with half of one's peers is less than the queue's mean and far more than chance."""
    for seed in SEEDS:
        assert fed(bench(), peers(0.6, 500, seed)) == []


def test_where_the_queue_itself_agrees_by_chance_nobody_is_told_from_the_others() -> None:
    assert first(bench(ratio=0.1), peers(0.0, 500, 1), UNRELATED) is None
    assert first(bench(ratio=0.2), peers(0.0, 500, 1), UNRELATED) == 30


def test_a_verdict_restarts_only_its_own_test() -> None:
    drive = bench()
    wrong = [Seen(credit=0.0, agreement=0.25, label=SETS[n % 4]) for n in range(60)]
    fed(drive, wrong)
    assert int(drive.rows.hot["open"][0]) == 1 << GOLD | 1 << UNRELATED
    drive.restart(0, GOLD)
    assert int(drive.rows.hot["open"][0]) == 1 << UNRELATED
    assert State(int(drive.rows.hot["state"][0])) == State.SUSPECT
    drive.restart(0, UNRELATED)
    assert State(int(drive.rows.hot["state"][0])) < State.SUSPECT
    again = [(one.n, one.detector) for one in fed(drive, wrong) if not one.is_critical]
    assert again == [(13, GOLD), (36, UNRELATED)]


def test_a_verdict_on_a_constant_answer_asks_for_as_many_new_ones() -> None:
    drive = bench()
    same = [Seen(label=0b0010, agreement=0.25) for _ in range(50)]
    opened = first(drive, same, CONSTANT)
    drive.restart(0, CONSTANT)
    assert first(drive, same, CONSTANT) == opened == 30
