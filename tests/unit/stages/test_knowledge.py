"""What shards tell each other: counts once, summaries of raters, and a shard that stays a function of its own log."""

from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.events import Control
from stream.intake.control import ControlKey, sign
from stream.intake.directory import Directory
from stream.intake.knowledge import counts_control, read_counts, summaries_controls
from stream.quality.items import PERIOD_MS
from stream.quality.outcome_message import QueueNote, decode_message
from stream.quality.reference import ANSWERS, COUNTS, WEIGHED
from stream.quality.schema import SHARE, SUMMARY
from stream.stages.items_stage import ItemStage
from stream.stages.raters_stage import RatersStage
from tests.oracle.crowd import crowd_log
from tests.oracle.shards import (
    Record,
    Store,
    log_of,
    outcome_log,
    outcome_rows,
    outcomes,
    run,
    run_with_restarts,
    settings_of,
)
from tests.oracle.streams import START_MS, Timed
from tests.unit.stages.test_cutting import same_state

KEY, ANOTHER_KEY = ControlKey(b"a key only for tests"), ControlKey(b"somebody else's key!")
careful = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
cuts = st.lists(st.integers(0, 900), max_size=8)
lives = st.lists(st.tuples(st.integers(0, 500), cuts, st.integers(1, 3)), max_size=3)


def items(partition: int = 0, *, cached: int = 100_000) -> ItemStage:
    return ItemStage(partition, 1, Directory.of(settings_of(), KEY), partitions=2, cached_items=cached)


def raters() -> RatersStage:
    return RatersStage(0, 2, knowledge_key=KEY)


def control(record: Record) -> Control | None:
    event = msgspec.json.decode(record.value or b"")
    return msgspec.json.decode(record.value or b"", type=Control) if event.get("type") == "control" else None


def told(store: Store, partition: int) -> list[bytes]:
    return [m.value for m in store.messages if (m.topic, m.partition) == ("judgments", partition)]


def at_ms(value: bytes) -> int:
    return int(msgspec.json.decode(value)["at"])


def merged(log: list[Record], values: list[bytes]) -> list[Record]:
    """The log with the control records where their time puts them."""
    ordered = sorted([(record.timestamp, 0, record.value) for record in log] + [(at_ms(v), 1, v) for v in values])
    return [Record(at, ms, value) for at, (ms, _, value) in enumerate(ordered)]


def part(timed: list[Timed], partition: int) -> list[Record]:
    return log_of([(ms, event) for ms, event in timed if _number(event) % 2 == partition])


def _number(event: dict[str, Any]) -> int:
    return int(str(event.get("item_id", "i0"))[1:])


@cache
def world() -> tuple[tuple[Record, ...], Store, tuple[bytes, ...]]:
    """Partition 0's log with all that the others told it, partition 1's store, and what stage 2 told."""
    timed = crowd_log(3, 1600)
    other = run(items(1), part(timed, 1), batches=range(0, 900, 50))
    stage_two = run(raters(), outcome_log(other.messages, 0), batches=range(0, 100, 3))
    summaries = told(stage_two, 0)
    log = merged(part(timed, 0), [*told(other, 0), *summaries])
    return tuple(log), other, tuple(summaries)


def counts_of(stage: ItemStage) -> np.ndarray:
    return stage._queues.rows.others[0]


def test_the_world_of_these_tests_has_both_kinds_of_records() -> None:
    log, _, _ = world()
    sources = [found.source for record in log if (found := control(record))]
    assert sources.count("counts:1") > 3
    assert sources.count("summaries:0") > 3


def test_counts_travel_once_whatever_is_repeated() -> None:
    log, other, _ = world()
    once, twice = items(), items()
    run(once, log)
    repeated = [copy for record in log for copy in ([record, record] if control(record) else [record])]
    late = [record for record in log if control(record)]
    run(twice, [record._replace(offset=n) for n, record in enumerate([*repeated, *late])])
    assert np.array_equal(counts_of(twice), counts_of(once))
    sent = sum(read_counts(msgspec.json.decode(value, type=Control))["nominal"] for value in told(other, 0))
    assert np.array_equal(counts_of(once), sent)
    sender = items(1)
    other.restore(sender)
    assert np.array_equal(sender._queues.rows.told[0], sent)
    assert sent[WEIGHED] > 300


def test_a_shard_that_is_rebuilt_tells_the_same_again_and_it_counts_no_second_time() -> None:
    log, other, _ = world()
    rebuilt = run(items(1), part(crowd_log(3, 1600), 1), batches=[333])
    assert told(rebuilt, 0) == told(other, 0)
    once, again = items(), items()
    run(once, log)
    extra = [Record(len(log) + n, log[-1].timestamp, value) for n, value in enumerate(told(rebuilt, 0))]
    run(again, [*log, *extra])
    assert np.array_equal(counts_of(again), counts_of(once))


@careful
@given(cuts, st.integers(1, 3), lives)
def test_with_knowledge_in_its_log_a_shard_is_the_same_however_it_is_cut(
    batches: list[int], flushes: int, some_lives: list[tuple[int, list[int], int]]
) -> None:
    log = list(world()[0])
    whole = run(items(), log)
    assert {"votes", "queues"} <= whole.rows.keys()
    for other in (
        run(items(cached=0), log, batches=batches, flushes=flushes),
        run_with_restarts(lambda: items(cached=0), log, some_lives),
    ):
        same_state(whole, other)
        assert outcomes(other.messages) == outcomes(whole.messages)
        assert told(other, 1) == told(whole, 1)


def test_knowledge_changes_what_judgments_mean_from_the_next_record_on() -> None:
    log = list(world()[0])
    first = next(record.offset for record in log if control(record))
    alone = [record for record in log if not control(record)]
    informed, ignorant = outcomes(run(items(), log).messages)[0], outcomes(run(items(), alone).messages)[0]
    before = [one for one in informed if one[0] < first]
    assert before == ignorant[: len(before)]
    assert len({one[-1] for one in informed} - {one[-1] for one in ignorant}) > len(informed) / 4


def test_a_summary_changes_the_votes_of_its_rater_by_reading_b_alone() -> None:
    stage = items()
    queue = stage._queues.rows.queues["key"][0]
    peers = [_judged(n, f"r{n}", label) for n, label in enumerate("aab")]
    whole = items()
    plain = _scores(whole, log_of((START_MS, event) for event in peers), 2)[-1]
    summary = np.zeros(1, SUMMARY)
    summary["rater"], summary["queue"] = _rater_of(whole, "r0"), queue
    summary["mix"][0, :3] = SHARE, 0, 0
    (value,) = summaries_controls(KEY, 0, 1, START_MS, summary)
    informed = items()
    after = [record._replace(offset=1 + record.offset) for record in log_of((START_MS, event) for event in peers)]
    changed = _scores(informed, [Record(0, START_MS, value), *after], 2)[-1]
    assert changed["fit_a"] == plain["fit_a"]
    assert changed["fit_b"] > plain["fit_b"], "who always says a says nothing against b"


@pytest.mark.parametrize("forgery", ["another key", "another payload", "another version"])
def test_what_nobody_here_has_signed_is_rejected_and_changes_nothing(forgery: str) -> None:
    counts = np.full(COUNTS, 1000)
    if forgery == "another key":
        value = counts_control(ANOTHER_KEY, 1, 5, START_MS, {"nominal": counts})
    else:
        genuine = msgspec.json.decode(counts_control(KEY, 1, 5, START_MS, {"nominal": counts}))
        altered = msgspec.json.decode(counts_control(KEY, 1, 5, START_MS, {"nominal": 2 * counts}))
        genuine |= {"payload": altered["payload"]} if forgery == "another payload" else {"version": 6}
        value = msgspec.json.encode(genuine)
    stage = items()
    effects = stage.apply(stage.read([Record(0, START_MS, value)]))
    assert [reject.reason for reject in effects.rejects] == ["forged_control"]
    assert not counts_of(stage).any()


def test_a_genuine_record_that_this_version_cannot_read_changes_nothing_and_halts_nobody() -> None:
    stage = items()
    shorter = np.zeros(COUNTS - 1, "i8")
    values = [
        sign(KEY, source="weather:1", version=1, at=START_MS, payload={"sun": True}),
        sign(KEY, source="counts:1", version=1, at=START_MS, payload={"queues": "many"}),
        counts_control(KEY, 1, 2, START_MS, {"nominal": np.full(COUNTS, 7), "ordinal": shorter}),
        sign(KEY, source="summaries:1", version=1, at=START_MS, payload={"summaries": "not base64"}),
    ]
    effects = stage.apply(stage.read([Record(n, START_MS, value) for n, value in enumerate(values)]))
    assert not effects.rejects
    assert not stage._queues.rows.others.any()
    assert len(stage._queues.votes) == 0


def test_what_others_counted_is_in_the_reference_at_once() -> None:
    stage, counts = items(), np.zeros(COUNTS, "i8")
    counts[ANSWERS : ANSWERS + 3] = 99, 199, 699
    value = counts_control(KEY, 1, 1, START_MS, {"nominal": counts})
    stage.apply(stage.read([Record(0, START_MS, value)]))
    assert stage._queues.rows.mix[0, :3].tolist() == pytest.approx([0.1, 0.2, 0.7])


def test_a_shards_own_counts_come_back_without_effect() -> None:
    stage = items()
    value = counts_control(KEY, 0, 1, START_MS, {"nominal": np.full(COUNTS, 9)})
    stage.apply(stage.read([Record(0, START_MS, value)]))
    assert not counts_of(stage).any()


def test_a_queue_is_told_of_at_most_once_a_period_and_when_there_is_news() -> None:
    stage = items()
    few = [(period(0) + n, _judged(n, f"r{n}", "a")) for n in range(18)]
    next_period = [(period(1), _judged(100, "r", "a"))]
    store = run(stage, log_of([*few, *next_period]))
    many = [(period(2) + n, _judged(200 + n, f"r{n}", "b")) for n in range(60)]
    same_period = [(period(2) + PERIOD_MS // 2, _judged(300, "r", "a"))]
    run(stage, _after(19, [*many, *same_period]), store)
    assert told(store, 1) == [], "eighteen are no news, nor are nineteen; and nothing is told before the period ends"
    later = [(period(3), _judged(301, "r", "a")), (period(5), _judged(302, "r", "a"))]
    run(stage, _after(80, later), store)
    (value,) = told(store, 1)
    counts = read_counts(msgspec.json.decode(value, type=Control))["nominal"]
    assert counts[ANSWERS : ANSWERS + 3].tolist() == [20, 60, 0]


def test_stage_two_hears_what_is_usual_over_all_shards() -> None:
    stage = items()
    others = np.zeros(COUNTS, "i8")
    others[ANSWERS : ANSWERS + 3] = 100, 200, 300
    given = [(START_MS + n, _judged(n, f"r{n}", "a")) for n in range(30)]
    late = [(START_MS + PERIOD_MS, _judged(100, "r", "a"))]
    values = [counts_control(KEY, 1, 1, START_MS, {"nominal": others})]
    store = run(stage, merged(log_of([*given, *late]), values))
    (note,) = [
        note
        for message in store.messages
        if message.topic == "outcomes"
        for note in decode_message(message.value).notes
        if isinstance(note, QueueNote)
    ]
    assert note.answers[:3] == [130, 200, 300]
    shard = RatersStage(0, 1)
    run(shard, outcome_log(store.messages, 0))
    (table,) = shard.tables.values()
    groups = [slot for slot in shard._rows.groups[table.width] if table.rows.hot["told"][slot]]
    assert [table.rows.habit[slot, :3].tolist() for slot in groups] == [[130, 200, 300]]


def period(number: int) -> int:
    """When the period begins, counted from one soon after the start."""
    return (START_MS // PERIOD_MS + 1 + number) * PERIOD_MS


def _after(offset: int, timed: list[Timed]) -> list[Record]:
    return [record._replace(offset=offset + record.offset) for record in log_of(timed)]


def _judged(n: int, rater: str, label: str) -> dict[str, Any]:
    names = {"judgment_id": f"j{n}", "item_id": f"i{n}" if n > 2 else "i0", "rater_id": rater, "queue": "nominal"}
    return {**names, "vendor": "v", "label": label, "submitted_at": START_MS}


def _scores(stage: ItemStage, records: list[Record], judgment: int) -> list[np.void]:
    """What the outcomes said in turn of the n-th judgment that came."""
    rows = [outcome_rows(decode_message(message.value)) for message in run(stage, records).messages]
    named = [row for some in rows for row in some]
    ids = list(dict.fromkeys(int(row["judgment"]) for row in named))
    return [row["new"] for row in named if len(ids) > judgment and int(row["judgment"]) == ids[judgment]]


def _rater_of(stage: ItemStage, rater: str) -> int:
    work = stage.read(log_of([(START_MS, _judged(999, rater, "a"))]))
    return int(work.decoded.rows["rater"][0])
