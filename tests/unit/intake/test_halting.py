from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import ShardHalted, StateError
from stream.intake.halting import BLOCK_RECORDS, RUN_MAX, Halting


def after(halting: Halting, outcomes: list[bool], first: int = 0, step: int = 1) -> Halting:
    """True is a refused record."""
    offsets = np.arange(first, first + step * len(outcomes), step)
    return halting.after(len(outcomes), [int(at) for at, bad in zip(offsets, outcomes, strict=True) if bad], offsets)


def test_a_run_of_refused_records_trips() -> None:
    halting = after(Halting(), [True] * (RUN_MAX - 1))
    halting.check("judgments:0")
    with pytest.raises(ShardHalted, match=r"judgments:0 halted: 1000 records refused in a row.*rejects resume"):
        after(halting, [True]).check("judgments:0")


def test_one_good_record_ends_a_run() -> None:
    bad = [True] * (RUN_MAX - 1)
    assert after(Halting(), [False] * 3000 + bad + [False] + bad).run == RUN_MAX - 1


def test_more_than_half_refused_trips_although_no_run_does() -> None:
    halting = after(Halting(), [True, False, True] * 1000)
    with pytest.raises(ShardHalted, match="of the last 1002 records refused"):
        halting.check("judgments:0")


def test_half_or_less_does_not_trip() -> None:
    assert not after(Halting(), [False, True] * 10_000).tripped
    assert not after(Halting(), ([True] * 100 + [False] * 150) * 100).tripped


def test_a_share_needs_a_full_block_behind_it() -> None:
    assert not after(Halting(), [True, True, False] * (BLOCK_RECORDS // 3)).tripped


def test_old_blocks_are_forgotten() -> None:
    many = after(Halting(), [True, False] * 500)
    assert (many.refused_before, many.records) == (500, 0)
    assert after(many, [False] * BLOCK_RECORDS).refused_before == 0
    assert after(many, [False] * 2 * BLOCK_RECORDS) == Halting(refused_before=0)


def test_tripped_stays_until_it_is_resumed() -> None:
    halting = after(after(Halting(), [True] * RUN_MAX), [False] * 5000)
    with pytest.raises(ShardHalted):
        halting.check("judgments:0")
    assert halting.resumed() == Halting()


def test_holes_in_the_offsets_do_not_matter() -> None:
    outcomes = [True, False, True, True] * 300
    assert after(Halting(), outcomes) == after(Halting(), outcomes, first=10**12, step=3)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 700)), max_size=12), st.lists(st.integers(0, 6000), max_size=5))
def test_where_batches_are_cut_makes_no_difference(stretches: list[tuple[bool, int]], cuts: list[int]) -> None:
    outcomes = [bad for bad, length in stretches for _ in range(length)]
    edges = [0, *sorted(min(cut, len(outcomes)) for cut in cuts), len(outcomes)]
    cut_up = Halting()
    for begin, end in pairwise(edges):
        cut_up = after(cut_up, outcomes[begin:end], first=begin)
    assert cut_up == after(Halting(), outcomes) == one_by_one(outcomes)


def one_by_one(outcomes: list[bool]) -> Halting:
    halting = Halting()
    for bad in outcomes:
        halting = halting.refuse() if bad else halting.accept(1)
    return halting


def test_it_survives_the_store() -> None:
    halting = after(Halting(), [True, True, False, True] * 700)
    assert halting.tripped
    assert Halting.from_bytes(halting.to_bytes()) == halting
    with pytest.raises(StateError, match="doctor"):
        Halting.from_bytes(b"?")
