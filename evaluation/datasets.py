"""Crowds with known answers, as judgments in stream order and what is true of their raters.

A rater's accuracy on the items with a known answer is the truth. A rater is weak when it lies below the midpoint of
chance (what the queue's label mix comes to on those items) and the median of the raters with enough known answers;
only those are judged. A rater's first answer on an item counts. A file without a clock is played in shuffled orders.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

# Known answers a rater needs to be judged. euadr has ten test questions per rater on average.
LEAST_KNOWN = {"act_sp_amt": 20, "act_cf_amt": 20, "act_zencrowd_us": 20, "act_zencrowd_in": 20, "euadr": 8}
SHUFFLES = 5


@dataclass(frozen=True, slots=True)
class Crowd:
    """One order of a file's judgments; `items`, `raters` and `labels` are int64 codes in that order."""

    name: str
    shuffle: int  # 0 where the file has a clock
    items: np.ndarray
    raters: np.ndarray
    labels: np.ndarray
    item_ids: tuple[str, ...]  # by code, as the other two
    rater_ids: tuple[str, ...]
    label_names: tuple[str, ...]
    accuracy: np.ndarray  # float64[raters], NaN with no known answer
    judged: np.ndarray  # bool[raters]: enough known answers
    weak: np.ndarray  # bool[raters]

    @property
    def scale(self) -> int:
        """Labels, at least two."""
        return max(len(self.label_names), 2)


def crowds(folder: Path, names: tuple[str, ...] = tuple(LEAST_KNOWN), shuffles: int = SHUFFLES) -> Iterator[Crowd]:
    """Every order of every file that the folder has; one order where judgments carry a time."""
    for name in names:
        if (path := folder / f"{name}.csv").exists():
            rows = read_rows(path)
            clock = bool((rows["submitted_at_ms"] != "").all())
            for shuffle in [0] if clock else range(1, shuffles + 1):
                yield crowd_of(name, rows, shuffle)


def read_rows(path: Path) -> pd.DataFrame:
    """The file's rows as text, a rater's first answer on each item."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    return rows.drop_duplicates(["item_id", "rater_id"], keep="first").reset_index(drop=True)


def crowd_of(name: str, rows: pd.DataFrame, shuffle: int) -> Crowd:
    """The rows by their clock (shuffle 0) or in the order of that seed."""
    if shuffle:
        order = np.random.default_rng(shuffle).permutation(len(rows))
    else:
        order = pd.to_numeric(rows["submitted_at_ms"]).to_numpy()
    rows = rows.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)
    items, item_ids = pd.factorize(rows["item_id"])
    raters, rater_ids = pd.factorize(rows["rater_id"])
    labels, label_names = pd.factorize(rows["label"])
    accuracy, known = _accuracy(rows, raters)
    judged = known >= LEAST_KNOWN.get(name, 20)
    weak = accuracy < (_chance(rows) + np.median(accuracy[judged])) / 2 if judged.any() else np.zeros(len(known), bool)
    return Crowd(
        name,
        shuffle,
        items.astype("i8"),
        raters.astype("i8"),
        labels.astype("i8"),
        tuple(item_ids),
        tuple(rater_ids),
        tuple(label_names),
        accuracy,
        judged,
        weak,
    )


def _accuracy(rows: pd.DataFrame, raters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    has_known = (rows["gold"] != "").to_numpy()
    right = (rows["label"] == rows["gold"]).to_numpy() & has_known
    known = np.bincount(raters[has_known], minlength=raters.max() + 1)
    rights = np.bincount(raters[right], minlength=len(known))
    return np.where(known > 0, rights / np.maximum(known, 1), np.nan), known


def _chance(rows: pd.DataFrame) -> float:
    answers = rows["label"].value_counts(normalize=True)
    known = rows.loc[rows["gold"] != "", "gold"].value_counts(normalize=True)
    return float((answers.reindex(known.index).fillna(0.0) * known).sum())
