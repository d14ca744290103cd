"""The measures of many raters at once: `quality.measures` by columns. NaN is unknown.

The same formulas as `measure`, on arrays; a test holds the two together.
"""

from typing import NamedTuple

import numpy as np

from stream.quality.columns import Column
from stream.quality.measures import Z95
from stream.quality.schema import UNIT

_NOTHING = 1e-9  # judgments: with less left to explain, `ratio_interval` says nothing either


class Readings(NamedTuple):
    """float64[raters] each; see `Measures` for what they mean."""

    judgments: np.ndarray
    agreement: np.ndarray
    skill: np.ndarray
    skill_low: np.ndarray
    skill_high: np.ndarray
    gold: np.ndarray
    gold_low: np.ndarray
    gold_high: np.ndarray
    duration_s: np.ndarray


def read_columns(sums: np.ndarray) -> Readings:
    """Reads int64[raters, COLUMNS] of a window."""
    scored, gold, timed = (_known(sums[:, c]) for c in (Column.SCORED, Column.GOLD_SEEN, Column.TIMED))
    agreement, expected = sums[:, Column.AGREEMENT] / UNIT, sums[:, Column.EXPECTED] / UNIT
    return Readings(
        sums[:, Column.JUDGMENTS].astype("f8"),
        agreement / scored,
        *_ratio(scored, agreement, expected),
        *_wilson(sums[:, Column.GOLD_RIGHT] / UNIT, gold),
        np.exp(sums[:, Column.LOG_TIME] / UNIT / timed) / 1000,
    )


def _known(counts: np.ndarray) -> np.ndarray:
    """The counts, where there are any."""
    known: np.ndarray = np.where(counts > 0, counts, np.nan)
    return known


def _ratio(n: np.ndarray, agreement: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chance-corrected agreement with its interval; 0 between -1 and 1 where chance explains all."""
    possible = n - expected
    open_ended = possible < _NOTHING
    possible = np.where(open_ended, 1.0, possible)
    value = np.where(open_ended, 0.0, (agreement - expected) / possible)
    share = np.clip((agreement + 2.0) / (n + 4.0), 0.0, 1.0)
    half = Z95 * np.sqrt(share * (1.0 - share) / (n + 4.0)) * n / possible
    low = np.where(open_ended, -1.0, np.maximum(value - half, -1.0))
    high = np.where(open_ended, 1.0, np.minimum(value + half, 1.0))
    return np.where(np.isnan(n), np.nan, value), np.where(np.isnan(n), np.nan, low), np.where(np.isnan(n), np.nan, high)


def _wilson(right: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    share = right / n
    scale = 1 + Z95 * Z95 / n
    middle = (share + Z95 * Z95 / (2 * n)) / scale
    half = Z95 / scale * np.sqrt(np.maximum(share * (1 - share), 0.0) / n + Z95 * Z95 / (4 * n * n))
    return share, np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
