import msgspec
import numpy as np
import pytest

from stream.errors import ShardHalted
from stream.quality.item_rows import make_outcomes
from stream.quality.outcome_cuts import BYTES_MAX
from stream.quality.outcome_encoding import Owed, encode_owed
from stream.quality.outcome_message import BEGINNING, Place, QueueInfo, VerdictNote, decode_message
from stream.quality.profile import Profile
from stream.quality.schema import OUTCOME
from stream.quality.votes import vote_key
from stream.stages.raters_work import RaterWork, read_work, unique_keys
from tests.oracle.shards import Record

QUEUE = QueueInfo(7, "q", 0, ("a", "b"), 4)


def rows(*places: tuple[int, int]) -> np.ndarray:
    made = np.zeros(len(places), OUTCOME)
    for row, (offset, part) in zip(made, places, strict=True):
        row["offset"], row["part"], row["rater"], row["queue"] = offset, part, offset + 1, 7
    return made


def sent(
    source: int, previous: Place, *places: tuple[int, int], verdicts: tuple[int, ...] = ()
) -> tuple[list[bytes], Place]:
    notes = [VerdictNote(offset, 0, "f", 1, 7, "cleared") for offset in verdicts]
    return encoded(source, previous, rows(*places), ["i"], notes)


def encoded(
    source: int, previous: Place, made: np.ndarray, item_ids: list[str], notes: list[VerdictNote]
) -> tuple[list[bytes], Place]:
    outcomes, last = make_outcomes(len(made)), np.array([previous])
    outcomes.rows[:], outcomes.cursor[0] = made, len(made)
    owed = Owed(outcomes, [Profile("r", "q", "v")], item_ids, [QUEUE], {0: notes} if notes else {}, [], {})
    messages = encode_owed(source, owed, last)
    return [value for _, value in messages], Place(*last[0].tolist())


def read(values: list[bytes], applied: dict[int, Place] | None = None, *, accept_first: bool = False) -> RaterWork:
    state = np.full((3, 2), BEGINNING, "i8")
    for source, place in (applied or {}).items():
        state[source] = place
    records = [Record(at, 0, value) for at, value in enumerate(values)]
    return read_work("outcomes:0", records, state, accept_first=accept_first)


def places(work: RaterWork) -> list[tuple[int, int]]:
    return list(zip(work.rows["offset"].tolist(), work.rows["part"].tolist(), strict=True))


def test_what_was_applied_before_is_dropped_and_an_overlap_trimmed_to_the_part() -> None:
    values, _ = sent(1, BEGINNING, (4, 0), (4, 1), (4, 2), (9, 0))
    work = read(values, {1: Place(4, 1)})
    assert places(work) == [(4, 2), (9, 0)]
    assert work.dropped == 2
    assert work.applied[1].tolist() == [9, 0]
    assert places(read(values, {1: Place(9, 0)})) == []
    assert read(values, {1: Place(9, 0)}).dropped == 4


def test_a_gap_halts_and_names_the_source() -> None:
    values, _ = sent(2, Place(5, 3), (8, 0))
    assert places(read(values, {2: Place(5, 3)})) == [(8, 0)]
    with pytest.raises(ShardHalted, match="source partition 2 between"):
        read(values, {2: Place(5, 2)})


def test_only_a_rebuild_accepts_a_source_that_begins_late_and_only_an_unknown_one() -> None:
    values, _ = sent(2, Place(5, 3), (8, 0))
    assert places(read(values, accept_first=True)) == [(8, 0)]
    with pytest.raises(ShardHalted):
        read(values)
    with pytest.raises(ShardHalted):
        read(values, {2: Place(4, 0)}, accept_first=True)


def test_two_senders_are_trimmed_apart() -> None:
    one, _ = sent(0, BEGINNING, (4, 0), (5, 0))
    other, _ = sent(1, BEGINNING, (4, 0), (5, 0))
    work = read([*one, *other, *one], {0: Place(4, 0)})
    assert places(work) == [(5, 0), (4, 0), (5, 0)]
    assert work.applied.tolist() == [[5, 0], [5, 0], [-1, 0]]
    assert [row for row, _ in work.queues] == [0, 1]


def test_verdicts_apply_between_the_outcomes_before_and_after_them_once() -> None:
    values, last = sent(0, BEGINNING, (4, 0), (6, 0), verdicts=(5, 7))
    assert last == Place(7, 0)
    work = read(values)
    assert [(row, note.offset) for row, note in work.verdicts] == [(1, 5), (2, 7)]
    again = read(values, {0: Place(5, 0)})
    assert places(again) == [(6, 0)]
    assert [(row, note.offset) for row, note in again.verdicts] == [(1, 7)]


def test_verdicts_alone_make_a_message() -> None:
    (value,), last = sent(0, Place(2, 0), verdicts=(5,))
    assert (decode_message(value).first, last) == (Place(5, 0), Place(5, 0))
    assert len(read([value], {0: Place(2, 0)}).verdicts) == 1


def test_a_large_run_is_split_and_each_part_chains_to_the_one_before() -> None:
    count = 3 * BYTES_MAX // OUTCOME.itemsize
    long_ids = ["x" * 100] * count
    many = rows(*((n // 2, n % 2) for n in range(count)))
    many["item_id"] = np.arange(count)
    notes = [VerdictNote(n, 0, str(n), 1, 7, "cleared") for n in range(count // 2, count, 500)]
    values, last = encoded(0, BEGINNING, many, long_ids, notes)
    assert max(map(len, values)) < 512 * 1024
    assert len(values) > 3
    assert last == max(Place(*map(int, many[["offset", "part"]][-1])), Place(notes[-1].offset, 0))
    previous = BEGINNING
    for message in map(decode_message, values):
        assert message.previous == previous
        assert message.first > previous
        previous = message.last
    work = read(values)
    assert places(work) == [(n // 2, n % 2) for n in range(count)]
    assert [note.finding_id for _, note in work.verdicts] == [note.finding_id for note in notes]
    assert (
        places(read(values[2:], {0: decode_message(values[1]).last}))
        == places(work)[
            len(work.rows) - sum(len(decode_message(value).rows) // OUTCOME.itemsize for value in values[2:]) :
        ]
    )


def test_bytes_of_no_message_and_of_another_schema_halt() -> None:
    with pytest.raises(ShardHalted, match="no outcome message"):
        read([b"{}"])
    values, _ = sent(0, BEGINNING, (1, 0))
    with pytest.raises(ShardHalted, match="schema 99"):
        read([msgspec.msgpack.encode(msgspec.structs.replace(decode_message(values[0]), schema=99))])


def test_row_keys_stay_apart_even_when_they_mix_to_the_same_number() -> None:
    both = np.zeros(2, OUTCOME)
    both["rater"] = [1, 1 ^ (5 << 17)]
    both["queue"] = [7, 7 ^ 5]  # rotated by 17 bits into the rater's key, both pairs give one number
    assert vote_key(both[0]["rater"], both[0]["queue"]) == vote_key(both[1]["rater"], both[1]["queue"])
    keys, first, inverse = unique_keys(both)
    assert len(keys) == 2
    assert [keys[at] for at in inverse] == [row["rater"].tobytes() + row["queue"].tobytes() for row in both]
    assert sorted(first.tolist()) == [0, 1]
