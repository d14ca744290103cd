import random

import numpy as np
import pytest

from stream.quality.compiled import plain, uint64
from stream.quality.rater_rows import Raters, make_raters
from stream.quality.ring import find, insert, remove
from stream.quality.schema import RING, SCORE, WINDOW_JUDGMENTS


def put(raters: Raters, submitted_ms: int, judgment: int) -> int:
    score = np.zeros(1, SCORE)
    score["label"] = judgment % 7
    return plain(insert)(raters, 0, submitted_ms, uint64(judgment), score[0])


def entries(raters: Raters) -> list[tuple[int, int]]:
    hot = raters.hot[0]
    ordered = [raters.ring[0, (hot["ring_start"] + p) % RING] for p in range(hot["ring_length"])]
    assert all(entry["score"]["label"] == entry["judgment"] % 7 for entry in ordered)
    return [(int(entry["submitted_ms"]), int(entry["judgment"])) for entry in ordered]


@pytest.mark.parametrize("seed", range(20))
def test_it_holds_the_latest_by_time_and_then_id_while_they_come_and_go(seed: int) -> None:
    random_ = random.Random(seed)
    standing: set[tuple[int, int]] = set()
    raters, taken_back = make_raters(1, 2), 0
    for _ in range(300):
        if random_.random() < 0.1 and taken_back < RING - WINDOW_JUDGMENTS:
            gone = random_.choice(sorted(standing, reverse=True)[:WINDOW_JUDGMENTS])
            plain(remove)(raters, 0, plain(find)(raters, 0, uint64(gone[1])))
            standing.remove(gone)
            taken_back += 1
        else:
            new = random_.randrange(40), random_.randrange(2**63, 2**64)
            put(raters, *new)
            standing.add(new)
        window = entries(raters)[-WINDOW_JUDGMENTS:]
        assert window == sorted(standing)[-WINDOW_JUDGMENTS:]


def test_a_retraction_among_the_latest_50_brings_the_51st_back() -> None:
    raters = make_raters(1, 2)
    for n in range(60):
        put(raters, n, n)
    assert entries(raters)[-WINDOW_JUDGMENTS][0] == 10
    plain(remove)(raters, 0, plain(find)(raters, 0, uint64(55)))
    assert [at for at, _ in entries(raters)[-WINDOW_JUDGMENTS:]] == [*range(9, 55), *range(56, 60)]


def test_names_are_never_shared_by_two_entries() -> None:
    random_ = random.Random(1)
    owner: dict[int, int] = {}
    raters = make_raters(1, 2)
    for n in range(300):
        if n % 5 == 4 and owner:
            gone = random_.choice(entries(raters))[1]
            plain(remove)(raters, 0, plain(find)(raters, 0, uint64(gone)))
        else:
            name = put(raters, random_.randrange(1000), n)
            if name >= 0:
                owner[name] = n
        ring = raters.ring[0]
        assert sorted(ring["name"].tolist()) == list(range(RING))
        places = [(raters.hot[0]["ring_start"] + p) % RING for p in range(raters.hot[0]["ring_length"])]
        assert all(owner[int(ring[p]["name"])] == ring[p]["judgment"] for p in places)


def test_one_older_than_all_kept_is_not_taken() -> None:
    raters = make_raters(1, 2)
    for n in range(RING):
        put(raters, 100 + n, n)
    assert put(raters, 99, 7) == -1
    assert plain(find)(raters, 0, uint64(9_999)) == -1
    assert len(entries(raters)) == RING
