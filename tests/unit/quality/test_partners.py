"""A crew that judges hard items of four labels, and a rater in it: honest, a copier of partner 7, constant, sharp."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.copying import LEAST_MEETINGS, PARTNERS, copying_threshold
from stream.quality.partners import (
    LIKELIEST,
    MEETINGS,
    MINORITY,
    PARTNER,
    SHARE_BINS,
    TOTALS,
    is_named,
    meet,
    pair_of,
)

SAID = np.dtype([("labels", "u1", (4,)), ("shares", "u2", (4,))])
ONE = 7
LIMIT = copying_threshold(1e-3)


class Table:
    """A rater's state with the crew's queue row."""

    def __init__(self, scale: int = 4) -> None:
        self.partners, self.totals = np.zeros(PARTNERS, PARTNER), np.zeros(TOTALS, "i8")
        self.mix, self.by_share, self.scale = np.zeros(scale, "i8"), np.zeros(MEETINGS, "i8"), scale

    def meet(
        self, key: int, theirs: int, own: int, said: np.ndarray, how: Callable[..., int] = meet, *, before: int = 1
    ) -> int:
        rows = self.partners, self.totals, self.by_share
        return how(np.uint64(key), theirs, own, before, said[0], self.mix, self.scale, *rows)

    def place(self, key: int = ONE) -> int | None:
        found = np.nonzero(self.partners["key"] == key)[0]
        return int(found[0]) if len(found) else None

    def meetings(self, key: int = ONE) -> int:
        place = self.place(key)
        return 0 if place is None else int(self.partners[place]["meetings"].sum())


def said(*shares: float) -> np.ndarray:
    """The likeliest label is 0, then 1 …"""
    row = np.zeros(1, SAID)
    for place, share in enumerate(shares):
        row["labels"][0, place], row["shares"][0, place] = place, round(share * 65_535)
    return row


HARD = said(0.4, 0.3, 0.2, 0.1)


def crowd(seed: int, judgments: int, every: int, others: int, own: str) -> list[tuple[int, int, int, np.ndarray]]:
    """(partner, their label, own label, predictive) of each meeting; partner 7 is met every so many judgments."""
    random_ = np.random.default_rng(seed)
    made = []
    for judgment in range(judgments):
        truth, misleading = random_.permutation(4)[:2]
        sure = 0.45 if random_.random() < 0.4 else 0.85
        chances = np.full(4, 0.1 * (1 - sure))
        chances[truth], chances[misleading] = sure, 0.7 * (1 - sure)
        chances /= chances.sum()
        first, *rest, mine = random_.choice(4, 4, p=chances)
        if own == "constant":
            mine = first = 0
        elif own == "sharp" and random_.random() < 0.8:
            mine = first = truth
        elif own == "copier" and random_.random() < 0.9:
            mine = first
        counts = np.bincount([first, *rest], minlength=4) * 1.2 + 0.3
        shares, order = counts / counts.sum(), np.argsort(-counts, kind="stable")
        row = np.zeros(1, SAID)
        row["labels"][0], row["shares"][0] = order, np.rint(shares[order] * 65_535)
        keys = [ONE if judgment % every == 0 else 1_000 + random_.integers(others)]
        keys += [1_000 + random_.integers(others) for _ in rest]
        made += [(int(key), int(theirs), int(mine), row) for key, theirs in zip(keys, [first, *rest], strict=True)]
    return made


def follow(meetings: list[tuple[int, int, int, np.ndarray]], limit: float = LIMIT) -> tuple[Table, int | None]:
    """The table in the end, and how often partner 7 had been met when the pair was named, None if never."""
    table, shared, named = Table(), 0, None
    for key, theirs, own, row in meetings:
        place = table.meet(key, theirs, own, row)
        shared += key == ONE
        if key == ONE and named is None and place >= 0 and is_named(table.partners[place], 4, limit):
            named = shared
        table.mix[own] += 1
    return table, named


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("copier", [53, 68, 46, 36, 35]),
        ("honest", [None] * 5),
        ("constant", [None] * 5),
        ("sharp", [None] * 5),
    ],
)
def test_a_copied_partner_is_named_after_so_many_shared_items(own: str, found: list[int | None]) -> None:
    streams = [crowd(seed, 1_600, 13, 39, own) for seed in (1, 2, 3, 4, 5)]
    assert [follow(meetings)[1] for meetings in streams] == found


def test_a_copied_partner_is_found_among_two_thousand_met_by_chance() -> None:
    tables = [follow(crowd(seed, 2_000, 50, 2_000, "copier"))[0] for seed in range(20)]
    kept = [table.meetings() for table in tables]
    assert sum(meetings >= LEAST_MEETINGS for meetings in kept) >= 13


def test_a_copied_partner_once_known_is_not_churned_out_by_two_thousand() -> None:
    table, _ = follow(crowd(1, 520, 13, 39, "copier"))
    before = table.meetings()
    assert before >= LEAST_MEETINGS
    for key, theirs, own, row in crowd(2, 4_000, 10**9, 2_000, "honest"):
        if key != ONE:
            table.meet(key, theirs, own, row)
    assert table.meetings() == before


def test_only_a_minority_answer_in_common_opens_an_entry_and_it_is_no_evidence() -> None:
    table = Table()
    assert table.meet(ONE, 0, 0, HARD) == -1
    assert table.meet(ONE, 1, 2, HARD) == -1
    place = table.meet(ONE, 2, 2, HARD)
    assert place >= 0
    assert not table.partners[place]["evidence"].any()
    assert plain(pair_of)(table.partners[place])[1:4] == (1, 1, 1)
    table.meet(ONE, 0, 0, HARD)
    assert (table.partners[place]["evidence"] > 0).all()


def test_an_entry_tells_how_often_the_two_agreed_and_what_was_to_be_expected() -> None:
    table = Table()
    for theirs, own in ((2, 2), (0, 0), (0, 1), (1, 1)):
        table.meet(ONE, theirs, own, HARD)
    pair = plain(pair_of)(table.partners[table.place()])
    assert (pair.meetings, pair.agreements, pair.minority_agreements) == (4, 3, 2)
    assert pair.expected == pytest.approx(0.2 + 0.4 + 0.4 + 0.3, abs=0.01)


def test_the_first_to_give_way_is_who_was_refuted_then_who_was_met_once_longest_ago() -> None:
    table = Table()
    for key in range(1, PARTNERS + 1):
        table.meet(key, 2, 2, HARD)
    table.meet(5, 0, 1, HARD)
    table.meet(100, 2, 2, HARD)
    assert table.place(5) is None
    table.meet(101, 2, 2, HARD)
    assert table.place(1) is None
    assert table.place(2) is not None


def test_where_all_have_proved_themselves_a_newcomer_only_weakens_the_weakest() -> None:
    table = Table()
    for key in range(1, PARTNERS + 1):
        table.meet(key, 2, 2, HARD)
    table.partners["hold"] = 100_000
    table.partners["hold"][3] = 10
    table.partners["evidence"] = 100_000
    assert table.meet(100, 3, 3, HARD) == -1
    assert np.nonzero(table.partners["hold"] < 100_000)[0].tolist() == [3]
    assert (table.partners["evidence"] == 100_000).all()
    assert table.meet(101, 3, 3, HARD) == 3


def test_agreeing_with_everybody_is_no_sign_of_copying() -> None:
    """Two raters who agree as often with each other as each does with all others."""
    alone, among = Table(), Table()
    for judgment in range(100):
        for table, others in ((alone, ()), (among, range(100, 104))):
            for key in (*others, ONE):
                label = 2 if judgment % 3 == 0 else 0
                table.meet(key, label, label, HARD)
    evidence = [int(table.partners[table.place()]["evidence"][0]) for table in (alone, among)]
    assert evidence[1] < evidence[0] / 4


@pytest.mark.parametrize(("first", "named"), [(0.0, True), (0.5, True), (1.0, False)])
def test_whoever_answered_before_the_partner_has_not_copied(first: float, named: bool) -> None:
    """first: the share of the shared items on which the rater answered before the partner."""
    table, chance = Table(), np.random.default_rng(1)
    for judgment in range(100):
        label = 2 if judgment % 3 == 0 else 0
        table.meet(ONE, label, label, HARD, before=int(chance.random() >= first))
    assert is_named(table.partners[table.place()], 4, LIMIT) == named


def test_labels_that_are_not_declared_are_passed_over() -> None:
    table = Table()
    assert table.meet(ONE, 31, 31, HARD) == -1
    assert not table.totals.any()
    assert not table.by_share.any()


def test_the_queue_counts_its_meetings_by_kind_and_expected_share() -> None:
    table = Table()
    table.meet(ONE, 0, 1, HARD)
    table.meet(ONE, 3, 1, HARD)
    assert table.by_share[LIKELIEST * SHARE_BINS + int(0.4 * SHARE_BINS)] == 1
    assert table.by_share[MINORITY * SHARE_BINS + int(0.1 * SHARE_BINS)] == 1
    assert table.by_share.sum() == 2


@settings(deadline=None, max_examples=60)
@given(
    st.integers(2, 7),
    st.lists(
        st.tuples(st.integers(1, 20), st.integers(0, 7), st.integers(0, 7), st.integers(0, 3), st.integers(1, 9)),
        max_size=120,
    ),
)
def test_the_compiled_form_does_what_the_plain_one_does(scale: int, meetings: list[tuple[int, ...]]) -> None:
    compiled, reference = Table(scale), Table(scale)
    for key, theirs, own, top, weight in meetings:
        row = np.zeros(1, SAID)
        labels = (top + np.arange(4)) % scale
        row["labels"][0], row["shares"][0] = labels, np.array([weight, 3, 2, 1]) * 3_000
        mine = own % scale
        places = [
            table.meet(key, theirs, mine, row, how) for table, how in ((compiled, meet), (reference, plain(meet)))
        ]
        assert places[0] == places[1]
        compiled.mix[mine] += 1
        reference.mix[mine] += 1
    assert compiled.partners.tobytes() == reference.partners.tobytes()
    assert compiled.totals.tolist() == reference.totals.tolist()
    assert compiled.by_share.tolist() == reference.by_share.tolist()
