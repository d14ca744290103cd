"""The exact interval of a count of rare events."""

import math
from collections.abc import Callable

_TAIL = 0.025
_STEPS = 80  # halvings: far below the resolution of a double


def poisson_interval(count: int) -> tuple[float, float]:
    """Garwood's 95 % interval (1936) of the mean of a Poisson count.

    The lower end is the mean under which `count` or more has the probability .025, the upper one that under which
    `count` or fewer has it.

    >>> low, high = poisson_interval(0)
    >>> f"{low:.2f} to {high:.2f}"
    '0.00 to 3.69'
    """
    most = count + 10 * math.sqrt(count + 1) + 10
    low = 0.0 if count == 0 else _solve(lambda mean: 1 - _at_most(count - 1, mean) > _TAIL, most)
    return low, _solve(lambda mean: _at_most(count, mean) < _TAIL, most)


def _solve(is_above: Callable[[float], bool], most: float) -> float:
    low, high = 0.0, most
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_above(middle) else (middle, high)
    return high


def _at_most(count: int, mean: float) -> float:
    """P(X <= count) of a Poisson variable."""
    if mean <= 0:
        return 1.0
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))
