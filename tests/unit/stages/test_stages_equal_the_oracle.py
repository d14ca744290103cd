from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.quality.columns import COMMUTATIVE
from stream.quality.schema import RING
from stream.stages.raters_stage import RatersStage
from tests.oracle.judging import Oracle, RowName
from tests.oracle.orders import logs_with_orders
from tests.oracle.shards import FOREVER_MS, QUEUES, both_stages, log_of, measured
from tests.oracle.streams import DAY_MS, START_MS, Timed, logs, shuffled_facts
from tests.oracle.sums import Sums, latest, sums

careful = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def told(timed: list[Timed], horizon_ms: int = FOREVER_MS, **limit: int) -> Oracle:
    oracle = Oracle(QUEUES, horizon_ms, **limit)
    for log_ms, event in timed:
        oracle.take(log_ms, event)
    return oracle


def comparable(rows: dict[RowName, Sums]) -> dict[RowName, tuple[dict[str, int], dict[str, int]]]:
    """Commutative columns and label counts that are not zero."""
    shown = {}
    for row, found in rows.items():
        columns = {column.name: found.columns[column] for column in COMMUTATIVE if found.columns[column]}
        if columns:
            shown[row] = columns, {label: n for label, n in found.labels.items() if n}
    return shown


@careful
@given(logs())
def test_every_row_has_the_oracles_columns_in_every_window(timed: list[Timed]) -> None:
    oracle, shards = told(timed), both_stages(log_of(timed), horizon_days=10_000)
    for window in ("1h", "24h", "7d", "lifetime"):
        assert comparable(measured(shards, window, START_MS)) == comparable(sums(oracle, window, START_MS))


@careful
@given(logs_with_orders())
def test_orders_about_people_leave_the_oracles_columns_to_everybody_else(timed: list[Timed]) -> None:
    for horizon_days in (1, 10_000):
        oracle, shards = told(timed, horizon_days * DAY_MS), both_stages(log_of(timed), horizon_days=horizon_days)
        for window in ("24h", "lifetime"):
            assert comparable(measured(shards, window, START_MS)) == comparable(sums(oracle, window, START_MS))
        rows = rings(shards)
        assert rows == {row: latest(oracle, row, 50) for row in rows}


@careful
@given(logs())
def test_an_item_is_forgotten_after_two_horizons_unless_it_has_a_known_answer(timed: list[Timed]) -> None:
    oracle, shards = told(timed, DAY_MS), both_stages(log_of(timed), horizon_days=1)
    assert comparable(measured(shards, "lifetime", START_MS)) == comparable(sums(oracle, "lifetime", START_MS))


@careful
@given(logs(), st.integers(0, 4))
def test_a_full_shard_takes_no_known_answer_of_another_item_and_forgets_it(timed: list[Timed], limit: int) -> None:
    oracle = told(timed, DAY_MS, kept_limit=limit)
    shards = both_stages(log_of(timed), horizon_days=1, kept_limit=limit)
    assert comparable(measured(shards, "lifetime", START_MS)) == comparable(sums(oracle, "lifetime", START_MS))


@careful
@given(logs())
def test_the_ring_holds_the_latest_standing_judgments(timed: list[Timed]) -> None:
    oracle, shards = told(timed), both_stages(log_of(timed), horizon_days=10_000)
    rows = rings(shards)
    assert rows == {row: latest(oracle, row, 50) for row in rows}


@careful
@given(shuffled_facts(), st.data())
def test_any_order_of_the_same_facts_gives_the_same_columns_and_rings(
    orders: tuple[list[dict[str, object]], list[dict[str, object]]], data: st.DataObject
) -> None:
    found = []
    for events in orders:
        timed = [(START_MS + n, event) for n, event in enumerate(events)]
        shards = both_stages(log_of(timed), horizon_days=10_000)
        assert rings(shards) == {row: latest(told(timed), row, 50) for row in rings(shards)}
        found.append([comparable(measured(shards, window, START_MS)) for window in ("1h", "24h", "7d", "lifetime")])
    assert found[0] == found[1]


def rings(shards: list[RatersStage]) -> dict[RowName, list[int]]:
    """The (hashed) ids of the last 50 in each rater's ring, the latest last."""
    rows: dict[RowName, list[int]] = {}
    for shard in shards:
        for table in shard.tables.values():
            for slot in table.slots():
                hot, profile = table.rows.hot[slot], table.profiles[slot]
                if not hot["kind"]:
                    places = [(hot["ring_start"] + p) % RING for p in range(hot["ring_length"])][-50:]
                    ids = [int(table.rows.ring[slot, place]["judgment"]) for place in places]
                    rows[RowName(profile.queue, profile.rater_id, training=bool(hot["training"]))] = ids
    return rows
