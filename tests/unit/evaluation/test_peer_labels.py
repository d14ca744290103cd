from collections.abc import Sequence

import numpy as np
import pytest

from evaluation.peer_labels import Looks, looks
from evaluation.worlds import MODERATE, WORLDS, Chunk, judgments


def chunk(*made: tuple[int, int, int], crew: int = 0) -> Chunk:
    item, rater, label = (np.array(column) for column in zip(*made, strict=True))
    none = np.zeros(len(made), np.int64)
    return Chunk(crew, item, rater, label, none, none - 1, none)


def seen(chunks: Sequence[Chunk], redundancy: int = 4) -> list[tuple[int, int, int, int, int]]:
    parts = [part for _, part in looks(chunks, 9, redundancy)]
    return list(zip(*(np.concatenate(column).tolist() for column in zip(*parts, strict=True)), strict=True))


def test_the_first_three_wait_for_each_other_and_the_fourth_is_looked_at_on_arrival() -> None:
    # item, rater, label; the peers 0 and 2 are the code 4**0 + 4**2.
    found = seen([chunk((7, 1, 0), (7, 2, 1), (7, 3, 2), (7, 4, 1))])
    assert [(rater, label, peers) for _, rater, label, peers, _ in found] == [
        (1, 0, 4 + 16),
        (2, 1, 1 + 16),
        (3, 2, 1 + 4),
        (4, 1, 1 + 4 + 16),
    ]


def test_two_labels_are_enough_where_no_third_will_come() -> None:
    assert [(rater, peers) for _, rater, _, peers, _ in seen([chunk((7, 1, 0), (7, 2, 1))], redundancy=2)] == [
        (1, 4),
        (2, 1),
    ]


def test_an_item_with_two_of_four_labels_is_not_looked_at() -> None:
    assert seen([chunk((7, 1, 0), (7, 2, 1))]) == []


def test_at_most_three_peers_count() -> None:
    made = [(7, rater, 0) for rater in range(5)]
    assert seen([chunk(*made)], redundancy=5)[-1][3] == 3


def test_a_look_knows_how_much_its_rater_has_judged_by_then() -> None:
    found = seen([chunk((7, 1, 0), (8, 1, 0), (9, 1, 0), (7, 2, 1), (7, 3, 2))])
    assert [(rater, judged) for _, rater, _, _, judged in found] == [(1, 3), (2, 1), (3, 1)]


def test_another_crew_begins_anew() -> None:
    assert seen([chunk((7, 1, 0), (7, 2, 1)), chunk((7, 3, 0), crew=1)]) == []


@pytest.mark.parametrize("size", [9, 1_000])
def test_looks_do_not_depend_on_the_size_of_chunks(size: int) -> None:
    def stream(chunk_judgments: int) -> list[Looks]:
        made = judgments(WORLDS["med4"], MODERATE, judgments_per_rater=60, seed=1, chunk_judgments=chunk_judgments)
        return [part for _, part in looks(made, 40, 4)]

    whole, cut = stream(100_000), stream(size)
    assert len(whole[0].item) == 40 * 60
    for one, other in zip(zip(*whole, strict=True), zip(*cut, strict=True), strict=True):
        assert np.array_equal(np.concatenate(one), np.concatenate(other))
