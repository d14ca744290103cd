import numpy as np
import pytest

from stream.quality.compiled import plain
from stream.quality.item_rows import Queues
from stream.quality.near_misses import corrected_rest, count_miss
from stream.quality.queue_table import QueueTable
from stream.quality.reference import ABAR, COUNTS, MISS_MODEL, MISS_SEEN, MISS_STEPS
from stream.quality.schema import SHARE, Kind

FIVE = 5


def queue(kind: Kind, scale: int = FIVE, likely: float = 0.7) -> Queues:
    table = QueueTable()
    table.declare([1], [kind], [scale], [8], [3])
    table.rows.values[0, ABAR] = likely
    return table.rows


def rest_of(q: list[float], top: int, known: Queues) -> list[float]:
    p = np.full(len(q), np.nan)
    plain(corrected_rest)(np.array(q), top, 0, known, p)
    return p.tolist()


def learned(kind: Kind, misses: list[tuple[list[float], int, int]], times: int = 100) -> Queues:
    """A queue in which raters of good standing missed so: (posterior, the likeliest answer, the one given)."""
    known = queue(kind)
    for _ in range(times):
        for q, top, label in misses:
            plain(count_miss)(label, np.array(q), top, 0, known, np.empty(FIVE))
    return known


SURE = [0.96, 0.01, 0.01, 0.01, 0.01]
IN_THE_MIDDLE = [0.01, 0.01, 0.96, 0.01, 0.01]
SPLIT = [0.6, 0.01, 0.01, 0.01, 0.37]


def test_before_anybody_missed_the_model_stands() -> None:
    q = np.array(SPLIT)
    model = q * 0.7 + (1 - q) * 0.3 / 4
    model[0] = 0.0
    assert rest_of(SPLIT, 0, queue(Kind.ORDINAL)) == pytest.approx((model / model.sum()).tolist())


def test_where_raters_take_the_next_level_a_near_miss_is_expected_and_a_far_one_is_not() -> None:
    known = learned(Kind.ORDINAL, [(SURE, 0, 1)] * 9 + [(SURE, 0, 2)], times=1_000)
    near, next_, *far = rest_of(SURE, 0, known)[1:]
    assert near == pytest.approx(0.9, abs=0.02)
    assert next_ == pytest.approx(0.1, abs=0.02)
    assert max(far) < 0.02
    at_the_middle = rest_of(IN_THE_MIDDLE, 2, known)
    assert at_the_middle[1] == at_the_middle[3] == pytest.approx(0.47, abs=0.03)


def test_a_far_level_that_a_peer_has_given_keeps_its_share() -> None:
    """How far misses lie where the peers agree says nothing of items on which they do not."""
    known = learned(Kind.ORDINAL, [(SURE, 0, 1)])
    before = rest_of(SPLIT, 0, queue(Kind.ORDINAL))[4]
    assert before > 0.5
    assert rest_of(SPLIT, 0, known)[4] == pytest.approx(before, abs=0.15)


def test_without_a_scale_the_likeliest_of_the_others_has_the_share_it_was_given() -> None:
    misses = [(SPLIT, 0, 4)] * 19 + [(SPLIT, 0, 1)]
    assert rest_of(SPLIT, 0, queue(Kind.NOMINAL))[4] < 0.7
    assert rest_of(SPLIT, 0, learned(Kind.NOMINAL, misses))[4] == pytest.approx(0.95, abs=0.01)


def test_a_miss_counts_once_and_with_it_what_the_model_had_said() -> None:
    known = learned(Kind.ORDINAL, [(SURE, 0, 3)], times=1)
    assert known.own[0, MISS_SEEN : MISS_SEEN + 2 * MISS_STEPS].sum() == 1
    assert known.own[0, MISS_MODEL : MISS_MODEL + 2 * MISS_STEPS].sum() == pytest.approx(SHARE, abs=4)


def test_other_shards_counts_count_too() -> None:
    here, there = learned(Kind.ORDINAL, [(SURE, 0, 1)]), queue(Kind.ORDINAL)
    there.others[0] = here.own[0]
    assert rest_of(SURE, 0, there) == rest_of(SURE, 0, here)


@pytest.mark.parametrize("kind", [Kind.NOMINAL, Kind.ORDINAL])
@pytest.mark.parametrize("scale", [2, 3, 8, 31])
def test_the_compiled_form_equals_the_plain_one(kind: Kind, scale: int) -> None:
    chance = np.random.default_rng(scale)
    compiled, reference = queue(kind, scale), queue(kind, scale)
    for _ in range(50):
        q = chance.dirichlet(np.full(scale, 0.3))
        top = int(q.argmax())
        label = int((top + 1 + chance.integers(scale - 1)) % scale)
        shares = [np.zeros(scale), np.zeros(scale)]
        corrected_rest(q, top, 0, compiled, shares[0])
        plain(corrected_rest)(q, top, 0, reference, shares[1])
        assert shares[0] == pytest.approx(shares[1], abs=1e-12)
        assert shares[0].sum() == pytest.approx(1.0)
        count_miss(label, q, top, 0, compiled, np.empty(scale))
        plain(count_miss)(label, q, top, 0, reference, np.empty(scale))
    assert compiled.own[0, :COUNTS].tolist() == reference.own[0, :COUNTS].tolist()
