import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stream.simulate.seats import fit_counts, seat, seat_copiers

WANTED = st.lists(st.integers(0, 40), min_size=1, max_size=25)


@given(WANTED, st.integers(1, 6), st.integers(0, 200))
def test_counts_fill_every_place_and_nobody_gets_more_than_the_items(wanted, redundancy, most):
    counts, items = fit_counts(np.array(wanted), redundancy, most)

    assert items <= most
    assert counts.sum() == items * redundancy
    assert counts.min() >= 0
    assert counts.max() <= items


@given(WANTED, st.integers(1, 6), st.integers(0, 2**31))
def test_nobody_sits_twice_at_an_item_and_everybody_as_often_as_counted(wanted, redundancy, seed):
    counts, items = fit_counts(np.array(wanted), redundancy, 1_000)
    if items == 0:
        return
    seats = seat(np.arange(len(wanted)), counts, items, np.random.default_rng(seed))

    assert seats.shape == (items, redundancy)
    assert all(len(set(row)) == redundancy for row in seats.tolist())
    assert np.bincount(seats.ravel(), minlength=len(wanted)).tolist() == counts.tolist()


@given(st.integers(2, 5), st.integers(0, 2**31))
def test_a_copier_sits_beside_the_partner_and_never_twice(redundancy, seed):
    rng = np.random.default_rng(seed)
    raters = np.arange(2, 12)
    counts, items = fit_counts(np.full(10, 20), redundancy, 1_000)
    seats = seat(raters, counts, items, rng)
    copier = np.full(12, -1, np.int32)
    copier[2], copier[3] = 0, 1
    copied = seat_copiers(seats, copier, rng)

    assert all(len(set(row)) == redundancy for row in seats.tolist())
    for item, place in np.argwhere(copied >= 0):
        assert copier[seats[item, copied[item, place]]] == seats[item, place]
    assert np.count_nonzero(copied >= 0) == np.count_nonzero(seats < 2) > 0


def test_partners_differ_from_item_to_item():
    rng = np.random.default_rng(1)
    counts, items = fit_counts(np.full(12, 50), 3, 1_000)
    seats = seat(np.arange(12), counts, items, rng)
    beside_first = {other for row in seats.tolist() if 0 in row for other in row}

    assert len(beside_first) >= 8
