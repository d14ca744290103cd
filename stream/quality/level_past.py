"""What a queue's past hours say of the next: their mean level, and how far an hour may lie from it by chance.

An hour of n judgments with mean level x differs from the mean μ by the chance of its judgments, v/n with v = μ (1 - μ),
and by what hours differ beyond that, τ² (DerSimonian and Laird's moment estimate, as in a meta-analysis of hours).
Hours resemble their neighbours: time of day, batches of items, who is on shift. With r the correlation of neighbouring
hours that fades over about five of them, a run of hours varies L² = 1 + 8 r times as much as independent ones.

All state is seven whole numbers, int64[PAST], added to and joined in any grouping.

Reference: DerSimonian and Laird (1986), Meta-analysis in clinical trials; Priestley (1981), long-run variance.
"""

import math

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.schema import SHARE

HOURS = 0
JUDGMENTS = 1  # Σ n
JUDGMENTS_SQUARED = 2  # Σ n²
LEVEL = 3  # Σ n x, x in units of 1 / SHARE
LEVEL_SQUARED = 4  # Σ n x²
NEIGHBOURS = 5  # Σ z z', z' of the hour before, units of 1 / Z_UNIT²
Z_SQUARED = 6
PAST = 7

Z_UNIT = 1000
_MEMORY_HOURS = 672  # four weeks: then what lies behind weighs half
_PRIOR_R, _PRIOR_HOURS = 0.1, 24.0  # until a day's worth of neighbours is known
_FADES = 8.0
_LEAST_VARIANCE = 1e-3  # a queue that always agrees has not shown that it cannot differ


@compiled
def note_hour(n: int, level: int, z: int, last_z: int, past: np.ndarray) -> None:
    """Adds an hour; z and last_z are 0 where they are not known."""
    past[HOURS] += 1
    past[JUDGMENTS] += n
    past[JUDGMENTS_SQUARED] += n * n
    past[LEVEL] += n * level
    past[LEVEL_SQUARED] += n * level * level
    past[NEIGHBOURS] += z * last_z
    past[Z_SQUARED] += z * z


@compiled
def join(waiting: np.ndarray, past: np.ndarray) -> None:
    """Moves hours into the past, which halves when it is full: old hours fade."""
    past += waiting
    waiting[:] = 0
    if past[HOURS] >= _MEMORY_HOURS:
        past //= 2


@compiled
def standardized(n: int, level: float, past: np.ndarray) -> float:
    """How many standard deviations an hour of n judgments and mean level in [0, 1] lies above the past."""
    within, between = spread(past)
    return float((level - mean_level(past)) / math.sqrt(within / n + between + noise_of_mean(past)))


@compiled
def mean_level(past: np.ndarray) -> float:
    """Mean level in [0, 1] of all judgments; 0 with none."""
    return float(past[LEVEL] / (max(past[JUDGMENTS], 1) * SHARE))


@compiled
def spread(past: np.ndarray) -> tuple[float, float]:
    """(v, τ²): the variance of one judgment's level, and that between hours beyond it."""
    n, mean = float(max(past[JUDGMENTS], 1)), mean_level(past)
    within = max(mean * (1.0 - mean), _LEAST_VARIANCE)
    squares = past[LEVEL_SQUARED] / SHARE**2 - n * mean * mean
    room = n - past[JUDGMENTS_SQUARED] / n
    between = (squares - (past[HOURS] - 1.0) * within) / room if room > 0.0 else 0.0
    return within, max(between, 0.0)


@compiled
def noise_of_mean(past: np.ndarray) -> float:
    """The variance of the mean level itself."""
    within, between = spread(past)
    n = float(max(past[JUDGMENTS], 1))
    return float(within / n + long_run(past) ** 2 * between * past[JUDGMENTS_SQUARED] / (n * n))


@compiled
def long_run(past: np.ndarray) -> float:
    """L: how many times more a run of hours deviates than independent hours would, 1 to 3."""
    prior = _PRIOR_HOURS * Z_UNIT**2
    r = (past[NEIGHBOURS] + _PRIOR_R * prior) / (past[Z_SQUARED] + prior)
    return math.sqrt(1.0 + _FADES * min(max(r, 0.0), 1.0))
