import numpy as np
import pytest
from scipy import stats

from evaluation.worlds.chance import below, exponential, normal, uniform
from evaluation.worlds.compiled import compiled

MASK = (1 << 64) - 1


@compiled
def many(kind: int, count: int) -> np.ndarray:
    drawn = np.empty(count)
    for index in range(count):
        if kind == 0:
            drawn[index] = uniform(7, 3, index)
        elif kind == 1:
            drawn[index] = normal(7, 3, index)
        else:
            drawn[index] = exponential(7, 3, index)
    return drawn


def splitmix(x: int) -> int:
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


@pytest.mark.parametrize("key", [0, 1, 2**62])
@pytest.mark.parametrize("index", [0, 1, 10**12])
def test_a_draw_is_the_hash_that_the_reference_computes(key: int, index: int) -> None:
    inner = splitmix((key + index * 0x9E3779B97F4A7C15) & MASK)
    bits = splitmix((inner + 5 * 0xD1342543DE82EF95) & MASK)
    assert uniform(key, 5, index) == (bits >> 11) / 2**53


def test_draws_fit_their_distributions() -> None:
    for kind, law in enumerate(("uniform", "norm", "expon")):
        assert stats.kstest(many(kind, 20_000), law).pvalue > 0.01


def test_neighbouring_draws_and_purposes_are_unrelated() -> None:
    drawn = many(0, 20_000)
    others = np.array([uniform(7, 4, index) for index in range(20_000)])
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 0.02
    assert abs(np.corrcoef(drawn, others)[0, 1]) < 0.02


def test_whole_numbers_stay_below_their_bound_and_reach_all_of_it() -> None:
    assert {below(7, 3, index, 4) for index in range(100)} == {0, 1, 2, 3}
