"""What ranks a rater is summed from the right outcomes, told to stage 1 when it moved, and comes back from bytes."""

import numpy as np
import pytest

from stream.quality.compiled import plain
from stream.quality.items import PERIOD_MS
from stream.quality.rank_sums import JUDGED, RANK_SUMS, SCORED
from stream.quality.rater_rows import Raters, make_raters
from stream.quality.schema import SHARE, Flag, Kind
from stream.quality.skill import own_share, skill
from stream.quality.standing import LEAST_TOLD, MOVED, take_usual
from stream.quality.standing_bytes import pack_standing, unpack_standing
from tests.oracle.raters_drive import Bench, Seen

GOOD = Seen(label=1, agreement=1.0, fit=0.9, belief=0.95)


def bench(scale: int = 4, raters: int = 1, kind: Kind = Kind.NOMINAL) -> Bench:
    made = Bench(raters, scale=scale, kind=kind)
    made.log_ms = PERIOD_MS
    return made


def fed(drive: Bench, *judgments: Seen) -> int:
    """How many summaries these judgments brought."""
    before = len(drive.told)
    drive.feed((0, seen) for seen in judgments)
    return len(drive.told) - before


def sums(drive: Bench) -> tuple[int, int, list[int]]:
    rows = drive.rows
    return int(rows.rank[0, JUDGED]), int(rows.rank[0, SCORED]), rows.habit[0, :4].tolist()


def test_answers_count_with_their_label_and_without_a_peer_too() -> None:
    drive = bench()
    fed(drive, GOOD, GOOD, Seen(label=3))
    assert sums(drive) == (3, 2, [0, 2, 0, 1])


@pytest.mark.parametrize(
    "left_out",
    [
        GOOD._replace(credit=1.0),
        GOOD._replace(flags=int(Flag.REPEAT)),
        GOOD._replace(flags=int(Flag.SKIPPED)),
        GOOD._replace(flags=int(Flag.ESCALATED)),
        GOOD._replace(label=31),
        Seen(label=1, agreement=1.0),  # weighed by a version without posteriors
    ],
)
def test_what_teaches_nothing_about_habits_is_left_out(left_out: Seen) -> None:
    drive = bench()
    fed(drive, left_out)
    assert sums(drive) == (0, 0, [0, 0, 0, 0])
    assert not drive.rows.rank[0, :RANK_SUMS].any()


def test_an_answer_whose_item_turns_out_to_be_known_is_taken_back() -> None:
    drive = bench()
    fed(drive, GOOD)
    drive.correct(0, 0, GOOD, GOOD._replace(credit=1.0))
    assert not drive.rows.rank[0, :RANK_SUMS].any()
    assert not drive.rows.habit[0].any()


def test_a_rater_is_told_of_from_the_fifth_answer_on_and_once_a_period() -> None:
    drive = bench()
    assert [fed(drive, GOOD) for _ in range(8)] == [0] * (LEAST_TOLD - 1) + [1] + [0] * 3
    (summary,) = drive.told
    assert (int(summary["rater"]), int(summary["queue"])) == (int(drive.rows.hot["rater"][0]), 0)
    mix, queue = np.array([0, LEAST_TOLD, 0, 0]), drive.rows.habit[1]
    expected = [plain(own_share)(k, mix, queue, 4) for k in range(4)]
    assert (summary["mix"][:4] / SHARE).tolist() == pytest.approx(expected, abs=2 / SHARE)
    assert not summary["mix"][4:].any()


def test_a_rater_is_told_of_again_when_skill_or_mix_moved_and_never_within_the_period() -> None:
    drive = bench()
    fed(drive, *[GOOD._replace(label=n % 4) for n in range(400)])
    same = [GOOD._replace(label=n % 4) for n in range(4)]
    drive.log_ms = 2 * PERIOD_MS
    assert fed(drive, *same) == 1, "it was told of at the fifth answer, which is long ago"
    told = int(drive.told[-1]["skill"])
    drive.log_ms = 3 * PERIOD_MS
    assert fed(drive, *same) == 0, "nothing moved"
    bad = [GOOD._replace(label=n % 4, fit=0.05, belief=0.05) for n in range(200)]
    assert fed(drive, *bad) == 0, "it was looked at already in this period"
    drive.log_ms = 4 * PERIOD_MS
    assert fed(drive, *same) == 1
    assert abs(int(drive.told[-1]["skill"]) - told) > MOVED * SHARE
    assert int(drive.told[-1]["skill"]) == int(plain(skill)(_before(drive, 3)) * SHARE + 0.5)


def _before(drive: Bench, answers: int) -> np.ndarray:
    """The sums as they were before the last answers, which were all alike."""
    one = bench()
    fed(one, GOOD)
    return drive.rows.rank[0] - answers * one.rows.rank[0]


def test_sets_and_training_have_no_summary() -> None:
    for drive in (bench(kind=Kind.SET), Bench(1, training=True)):
        drive.log_ms = PERIOD_MS
        assert fed(drive, *[GOOD] * 10) == 0


def test_what_stage_one_says_is_usual_takes_the_place_of_what_was_counted_here() -> None:
    drive = Bench(2)
    rows, queue = drive.rows, 2
    rows.hot["told"][queue] = 0
    rows.habit[queue] = 0
    drive.feed([(0, GOOD), (1, GOOD._replace(label=2))])
    assert rows.habit[queue, :4].tolist() == [0, 1, 1, 0]
    assert rows.rank[queue, JUDGED] == 2
    answers = np.zeros(32, "i8")
    answers[:4] = 900, 50, 40, 10
    take_usual(rows, queue, answers, np.array([1000, 900, 5, 6, -7, -8]))
    drive.feed([(0, GOOD)])
    assert rows.habit[queue, :4].tolist() == [900, 50, 40, 10], "this shard's answers are among them"
    assert rows.rank[queue, :RANK_SUMS].tolist() == [1000, 900, 5, 6, -7, -8, *[0] * (RANK_SUMS - 6)]
    assert rows.dirty[queue] == 1
    assert rows.rank[0, JUDGED] == 2


@pytest.mark.parametrize("width", [2, 8, 32])
def test_a_standing_comes_back_from_its_bytes(width: int) -> None:
    slots, random_ = 300, np.random.default_rng(width)
    rows, again = make_raters(slots, width), make_raters(slots, width)
    for column in _standing(rows):
        numbers = column if column.dtype.names is None else column.view("i4")
        numbers[:] = random_.integers(0, 2**15, numbers.shape) * (random_.random(numbers.shape) < 0.5)
    rows.alarm[:] *= -(2**40)
    chosen = random_.permutation(slots)
    for slot, data in zip(chosen, pack_standing(rows, chosen), strict=True):
        unpack_standing(again, int(slot), data)
    for one, other in zip(_standing(rows), _standing(again), strict=True):
        assert np.array_equal(one, other)
    assert pack_standing(make_raters(1, width), np.array([0]))[0].strip(b"\0") == b""


def _standing(rows: Raters) -> list[np.ndarray]:
    return [
        rows.rank,
        rows.habit,
        rows.alarm,
        rows.change,
        rows.tells,
        rows.told,
        rows.met,
        rows.by_share,
        rows.partners,
    ]
