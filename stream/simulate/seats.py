import numpy as np
from numpy.typing import NDArray

Seats = NDArray[np.int64]


def fit_counts(wanted: NDArray[np.int64], redundancy: int, most_items: int) -> tuple[NDArray[np.int64], int]:
    """Items and judgments a rater so that counts sum to items x redundancy and nobody has more than `items`.

    >>> fit_counts(np.array([9, 2, 2]), redundancy=2, most_items=100)
    (array([4, 2, 2]), 4)
    """
    counts = wanted.copy()
    items = min(int(counts.sum()) // redundancy, most_items)
    while counts.max(initial=0) > items:
        counts = np.minimum(counts, items)
        items = min(int(counts.sum()) // redundancy, most_items)
    total = items * redundancy
    if items == 0:
        return np.zeros_like(counts), 0
    counts = counts * total // int(counts.sum())
    missing = total - int(counts.sum())
    counts[np.flatnonzero(counts < items)[:missing]] += 1
    return counts, items


def seat(raters: NDArray[np.int64], counts: NDArray[np.int64], items: int, rng: np.random.Generator) -> Seats:
    """A rater for each of items x redundancy places: nobody twice on an item, each `counts` times, otherwise at random.

    Raters are laid out one after another over the columns, and each column is shuffled. Only a rater who runs over
    a column's end could meet an item twice; the next column therefore starts with items that the rater does not have.
    """
    order = rng.permutation(len(raters))
    line = np.repeat(raters[order], counts[order])
    columns = line.reshape(-1, items)
    seats = np.empty(columns.shape, np.int64)
    before: NDArray[np.int64] = np.empty(0, np.int64)
    for number, column in enumerate(columns):
        places = rng.permutation(items)
        if len(before):
            places = _keep_apart(places, before, int(np.count_nonzero(column == columns[number - 1, -1])), rng)
        seats[number, places] = column
        follows = number + 1 < len(columns) and columns[number + 1, 0] == column[-1]
        before = places[column == column[-1]] if follows else places[:0]
    return np.ascontiguousarray(seats.T)


def _keep_apart(
    places: NDArray[np.int64], before: NDArray[np.int64], head: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    had = np.zeros(len(places), np.bool_)
    had[before] = True
    free = places[~had[places]]
    rest = rng.permutation(np.concatenate([free[head:], before]))
    return np.concatenate([free[:head], rest])


def seat_copiers(seats: Seats, copier: NDArray[np.int32], rng: np.random.Generator) -> Seats:
    """Puts each present partner's copier on (nearly) all of the partner's items, in the place of somebody else.

    Changes `seats` and answers, in the same shape, the column of the copied judgment, or -1.
    """
    redundancy = seats.shape[1]
    copied = np.full(seats.shape, -1, np.int64)
    watched = copier[seats] >= 0
    rows = np.flatnonzero(watched.any(axis=1))
    if redundancy == 1 or not len(rows):
        return copied
    # Two partners may meet on an item; then chance says which of them is copied.
    source = (watched[rows] * rng.random((len(rows), redundancy))).argmax(axis=1)
    place = (source + rng.integers(1, redundancy, len(rows))) % redundancy
    copied[rows, place] = source
    seats[rows, place] = copier[seats[rows, source]]
    return copied
