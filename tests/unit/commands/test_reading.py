import pytest

from stream.commands.reading import measures_by_window, partition_count, rater_rows
from stream.errors import StateError
from stream.quality.measures import measure
from stream.quality.outcome_message import QueueInfo
from stream.quality.ring import find
from stream.quality.schema import Kind
from stream.settings import Settings
from stream.stages.label_mix import label_mix
from stream.state.memory_store import MemoryStore
from stream.state.port import Commit

SETTINGS = Settings()


def in_memory(crowd, row):
    """The same row in the stage that computed it."""
    table = crowd.stage_of(row.table.profiles[row.slot].rater_id).tables[row.table.width]
    return table, table.slot_of[row.key]


async def test_every_window_of_every_rater_is_what_the_stage_has_in_memory(crowd, store):
    seen = 0
    for rater in {truth.rater_id for truth in crowd.truth}:
        for row in await rater_rows(store, SETTINGS, rater):
            table, slot = in_memory(crowd, row)
            windows = measures_by_window(row, int(row.hot["latest_ms"]))
            assert windows["lifetime"] == measure(table.rows.life[slot], table.rows.mix[slot])
            assert windows["7d"].judgments == windows["lifetime"].judgments  # three days of work
            assert windows["1h"].judgments <= windows["24h"].judgments <= windows["7d"].judgments
            assert row.table.profiles[row.slot] == table.profiles[slot]
            seen += windows["lifetime"].judgments
    assert seen > 5_000


async def test_the_last_50_judgments_are_those_of_the_ring(crowd, store):
    rater = max(crowd.truth, key=lambda truth: truth.judgments).rater_id
    for row in await rater_rows(store, SETTINGS, rater):
        window = measures_by_window(row, 0)["last50"]
        ring = row.table.rows.ring[row.slot][: int(row.hot["ring_length"])]
        assert window.judgments + window.skipped + window.escalated == min(50, len(ring))
        table, slot = in_memory(crowd, row)
        assert all(find(table.rows, slot, entry["judgment"]) >= 0 for entry in ring)
        assert sum(window.label_mix) == window.judgments or row.queue.kind == Kind.SET


async def test_windows_of_hours_are_empty_long_after_the_work(crowd, store):
    [row, *_] = await rater_rows(store, SETTINGS, crowd.truth[0].rater_id)
    windows = measures_by_window(row, int(row.hot["latest_ms"]) + 8 * 86_400_000)
    assert windows["7d"].judgments == 0
    assert windows["lifetime"].judgments > 0
    assert windows["last50"].judgments > 0


async def test_nothing_is_known_of_a_rater_who_never_judged(store):
    assert await rater_rows(store, SETTINGS, "rz3-222222222222") == []


async def test_the_number_of_partitions_comes_from_the_heads(store):
    assert SETTINGS.partitions == 4
    assert await partition_count(store, SETTINGS) == 2


async def test_an_empty_redis_says_what_to_do():
    with pytest.raises(StateError, match="start a worker, or correct --redis and --prefix"):
        await partition_count(MemoryStore(), SETTINGS)


async def test_rows_of_another_schema_are_not_read(crowd, store):
    for number in range(2):
        head = await store.claim(f"outcomes:{number}", b"x", {}, None)
        await store.commit(f"outcomes:{number}", Commit(b"x", head.offset, head.offset, b"y", head={b"schema": b"999"}))
    with pytest.raises(StateError, match="schema 999"):
        await rater_rows(store, SETTINGS, crowd.truth[0].rater_id)


def test_undeclared_labels_are_named_other():
    queue = QueueInfo(1, "q", Kind.NOMINAL, ("cat", "dog"), 4)
    assert label_mix(queue, [3, 0, 0, 2]) == {"cat": 3, "other": 2}


def test_a_queue_with_more_labels_than_cells_has_its_last_cell_for_the_rest():
    queue = QueueInfo(1, "q", Kind.NOMINAL, tuple(f"l{n}" for n in range(40)), 32)
    assert label_mix(queue, [1] + [0] * 30 + [7]) == {"l0": 1, "other": 7}


def test_a_full_ordinal_scale_has_no_other():
    queue = QueueInfo(1, "q", Kind.ORDINAL, ("low", "high"), 2)
    assert label_mix(queue, [1, 2]) == {"low": 1, "high": 2}
