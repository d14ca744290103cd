"""Answers that come a few items at a time: some of their items, and parts put together again."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from stream.report.answers import Answers, Key


def items_of(answers: Answers, key: Key) -> Answers:
    """The items that a rater on a queue has answered, with everybody's answers on them."""
    return of_items(answers, np.unique(answers.item[answered_by(answers, key)]))


def answered_by(answers: Answers, key: Key) -> np.ndarray:
    """bool[answers]: those of a rater on a queue."""
    mine: np.ndarray = np.array([rater == key for rater in answers.raters], bool)[answers.rater]
    return mine


def of_items(answers: Answers, rows: np.ndarray) -> Answers:
    """The items in these rows, ascending."""
    place_of = np.full(len(answers.items), -1, "i8")
    place_of[rows] = np.arange(len(rows))
    kept = np.flatnonzero(place_of[answers.item] >= 0)
    return answers._replace(
        items=[answers.items[row] for row in rows.tolist()],
        keys=[answers.keys[row] for row in rows.tolist()],
        item=place_of[answers.item[kept]],
        rater=answers.rater[kept],
        label=answers.label[kept],
        submitted_ms=answers.submitted_ms[kept],
        cost_micro=answers.cost_micro[kept],
    )


def joined(parts: Sequence[Answers]) -> Answers:
    """Parts that have no item in common; a rater of several parts has several rows, under one key."""
    items = accumulate((len(part.items) for part in parts), initial=0)
    raters = accumulate((len(part.raters) for part in parts), initial=0)
    return Answers(
        items=[item for part in parts for item in part.items],
        keys=[key for part in parts for key in part.keys],
        raters=[rater for part in parts for rater in part.raters],
        queues={name: info for part in parts for name, info in part.queues.items()},
        item=_concatenated([part.item + begin for part, begin in zip(parts, items, strict=False)]),
        rater=_concatenated([part.rater + begin for part, begin in zip(parts, raters, strict=False)]),
        label=_concatenated([part.label for part in parts]).astype("u4"),
        submitted_ms=_concatenated([part.submitted_ms for part in parts]),
        cost_micro=_concatenated([part.cost_micro for part in parts]),
        vendors=[vendor for part in parts for vendor in part.vendors],
        currencies=[currency for part in parts for currency in part.currencies],
    )


def _concatenated(columns: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, "i8"), *columns])
