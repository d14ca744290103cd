"""The store of facts: what a commit is, and what every store does with it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from stream.facts.standing import Day, Standing

Row = Mapping[str, Any]  # by column; days as days since 1970, moments in ms


class Names(NamedTuple):
    """What a daily row is about; None where the judgments did not say. Nameless rows have no rater."""

    rater_id: str | None
    queue: str
    vendor: str
    guideline: str | None
    locale: str | None
    currency: str | None
    stage: str


class DailyChange(NamedTuple):
    """What is added to a row: int64[SUMS]. Without names the row must be there; else there is nothing to correct."""

    day: Day
    row_key: bytes
    names: Names | None
    sums: np.ndarray


class Commit(NamedTuple):
    """Everything since the last one. Stores add `daily` first, then take findings and labels, then erase."""

    standing: Standing  # its number is the stored one plus 1
    daily: Sequence[DailyChange] = ()
    findings: Sequence[Row] = ()  # added unless their key is there
    labels: Sequence[Row] = ()  # likewise
    erased: Sequence[int] = ()  # raters, by hash


class Written(NamedTuple):
    """What a commit came to: rows written by table, and changes that had no row to correct."""

    rows: Mapping[str, int]
    unknown: int


class FactStore(Protocol):
    """One writer at a time; its commits are atomic. Raises `Unavailable` when the store does not answer."""

    def standing(self) -> Standing:
        """As the last commit left it."""

    def commit(self, commit: Commit) -> Written:
        """Stores all or nothing. Raises `StateError` when somebody else has written since `standing`."""

    def prune(self, standing: Standing) -> int:
        """Removes the rows of days before `standing.first_day`, and stores it; answers how many rows went."""

    def remove(self, standing: Standing, first: Day, until: Day) -> int:
        """Removes the rows of days from `first` up to, not including, `until`, and stores `standing`."""

    def close(self) -> None:
        """Gives back what it holds."""
