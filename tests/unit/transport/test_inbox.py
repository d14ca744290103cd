from collections.abc import Iterable

from stream.transport.inbox import Inbox
from stream.transport.memory_log import MemoryRecord
from stream.transport.port import Batch, Partition

PLACE = Partition("judgments", 0)


def batch(start: int, offsets: Iterable[int], end: int | None = None) -> Batch:
    records = [MemoryRecord(offset, 0, None, b"%d" % offset) for offset in offsets]
    return Batch(PLACE, start, records, records[-1].offset + 1 if end is None else end)


def offsets(inbox: Inbox, wanted: int = 1000) -> list[int]:
    return [record.offset for record in inbox.take(wanted)]


def test_batches_that_continue_each_other_are_given_out_together():
    inbox = Inbox(5)
    inbox.put(batch(5, [5, 6]))
    inbox.put(batch(7, [7, 8]))
    assert offsets(inbox) == [5, 6, 7, 8]
    assert inbox.expected == 9
    assert not inbox


def test_what_was_given_out_before_is_trimmed():
    inbox = Inbox(7)
    inbox.put(batch(5, [5, 6, 7, 8]))
    inbox.put(batch(6, [6, 7]))
    inbox.put(batch(8, [8, 9]))
    assert offsets(inbox) == [7, 8, 9]


def test_holes_inside_and_behind_a_batch_are_no_gap():
    inbox = Inbox(0)
    inbox.put(batch(0, [0, 3], end=7))
    inbox.put(batch(7, [9]))
    assert offsets(inbox) == [0, 3, 9]


def test_a_batch_that_starts_later_than_expected_is_a_gap_and_stays():
    inbox = Inbox(0)
    inbox.put(batch(0, [0]))
    inbox.put(batch(2, [2]))
    assert offsets(inbox) == [0]
    assert inbox.gap
    assert offsets(inbox) == []
    inbox.clear()
    inbox.put(batch(1, [1, 2]))
    assert offsets(inbox) == [1, 2]


def test_taking_stops_at_the_wanted_number_but_gives_at_least_one_batch():
    inbox = Inbox(0)
    inbox.put(batch(0, range(10)))
    inbox.put(batch(10, range(10, 15)))
    assert offsets(inbox, 3) == list(range(10))
    assert offsets(inbox, 3) == list(range(10, 15))


def test_an_old_batch_does_not_move_the_expected_position_back():
    inbox = Inbox(20)
    inbox.put(batch(0, [1, 2]))
    assert offsets(inbox) == []
    assert inbox.expected == 20
