import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.quality.compiled import plain
from stream.quality.pace import PACE_STEP, in_steps
from stream.quality.rater_rows import KNOWN_FIRST, PACE_FIRST, SPREAD_FIRST, Raters, make_raters
from stream.quality.schema import OUTCOME, UNIT, Flag, Kind
from stream.quality.speed import TIMED
from stream.quality.supporting_sums import ANSWERS, RIGHT, add_supporting

WIDTH, CLASSES, QUEUE = 4, 3, 2

scores = st.fixed_dictionaries(
    {
        "label": st.integers(0, WIDTH - 1),
        "credit": st.sampled_from([0, UNIT // 2, UNIT]),
        "pace": st.integers(-120, 120),
        "flags": st.sampled_from(
            [
                int(flags)
                for flags in (
                    Flag.FAST_KNOWN,
                    Flag.FAST_KNOWN | Flag.GOLD_SEEN,
                    Flag.GOLD_SEEN,
                    Flag.GOLD_SEEN | Flag.REPEAT | Flag.FAST_KNOWN,
                    Flag.SKIPPED,
                    Flag.SCORED,
                )
            ]
        ),
    }
)


def rows(kind: Kind = Kind.NOMINAL) -> Raters:
    raters = make_raters(QUEUE + 1, WIDTH)
    raters.hot["queue_row"], raters.hot["label_kind"] = QUEUE, kind
    return raters


def outcome(old: dict[str, int] | None, new: dict[str, int] | None) -> np.void:
    row = np.zeros(1, OUTCOME)
    row["classes"] = CLASSES
    row["first"], row["last"] = old is None, new is None
    for side, score in (("old", old), ("new", new)):
        for field, value in (score or {}).items():
            row[side][field] = value
    return row[0]


def same(one: Raters, other: Raters) -> bool:
    return np.array_equal(one.rank, other.rank)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), scores, scores), max_size=12), st.randoms())
def test_corrections_and_retractions_in_any_order_end_in_the_same_sums(judgments, random_) -> None:
    moved, direct = rows(), rows()
    for slot, old, new in judgments:
        corrected = new | {
            "pace": old["pace"],
            "flags": new["flags"] & ~Flag.FAST_KNOWN | old["flags"] & Flag.FAST_KNOWN,
        }
        add_supporting(outcome(None, old), moved, slot)
        add_supporting(outcome(old, corrected), moved, slot)
        add_supporting(outcome(None, corrected), direct, slot)
    assert same(moved, direct)
    finals = [
        (slot, new | {"pace": old["pace"], "flags": new["flags"] & ~Flag.FAST_KNOWN | old["flags"] & Flag.FAST_KNOWN})
        for slot, old, new in judgments
    ]
    for slot, final in random_.sample(finals, len(finals)):
        add_supporting(outcome(final, None), moved, slot)
    assert not moved.rank.any()


def test_only_the_very_known_answer_is_right_and_the_queue_holds_all_raters() -> None:
    raters = rows(Kind.ORDINAL)
    gold = {"flags": int(Flag.GOLD_SEEN)}
    for slot, label, credit in ((0, 1, UNIT), (0, 2, UNIT // 2), (1, 2, UNIT)):
        add_supporting(outcome(None, gold | {"label": label, "credit": credit}), raters, slot)
    assert raters.rank[0, KNOWN_FIRST:].tolist() == [1, 0, 1, 1, 0]
    assert raters.rank[QUEUE, KNOWN_FIRST + RIGHT] == 2
    assert raters.rank[QUEUE, KNOWN_FIRST + ANSWERS :].tolist() == [0, 1, 2, 0]


def test_sets_undeclared_labels_repeats_and_unknown_paces_count_nowhere() -> None:
    gold = int(Flag.GOLD_SEEN)
    for kind, score in (
        (Kind.SET, {"flags": gold, "label": 1}),
        (Kind.NOMINAL, {"flags": gold, "label": CLASSES}),
        (Kind.NOMINAL, {"flags": gold | int(Flag.REPEAT), "label": 1}),
        (Kind.NOMINAL, {"flags": int(Flag.TIMED), "pace": 7}),
    ):
        raters = rows(kind)
        add_supporting(outcome(None, score), raters, 0)
        assert not raters.rank.any()


def test_a_pace_travels_in_steps_that_are_finer_than_the_sketch() -> None:
    for z in (-3000, -1249, -13, -12, 0, 12, 13, 999, 3000):
        assert abs(plain(in_steps)(z) * PACE_STEP - z) <= PACE_STEP // 2 + 1
        assert in_steps(z) == plain(in_steps)(z)
    assert (plain(in_steps)(-3000), plain(in_steps)(3000)) == (-120, 120)


def test_the_usual_spread_stands_in_the_queues_row_and_a_raters_own_in_the_raters() -> None:
    raters = rows()
    for n in range(10):
        add_supporting(outcome(None, {"flags": int(Flag.FAST_KNOWN), "pace": n}), raters, n % 2)
    assert raters.rank[0, PACE_FIRST + TIMED] == raters.rank[1, PACE_FIRST + TIMED] == 5
    assert raters.rank[QUEUE, PACE_FIRST:SPREAD_FIRST].tolist() == [0, 0, 0]
    assert raters.rank[QUEUE, SPREAD_FIRST] == 8, "degrees of freedom"


@settings(deadline=None)
@given(st.lists(scores, max_size=8))
def test_the_compiled_form_says_what_the_plain_one_says(given_scores) -> None:
    compiled, reference = rows(), rows()
    for score in given_scores:
        row = outcome(None, score)
        add_supporting(row, compiled, 0)
        plain(add_supporting)(row, reference, 0)
    assert same(compiled, reference)
