"""A queue gets more labels: vectors grow, rows move, "other" stays last, and nothing depends on the cutting."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.intake.control import ControlKey, sign
from stream.intake.directory import Directory
from stream.intake.payload import SETTINGS_SOURCE
from stream.quality.outcome_message import QueueInfo
from stream.quality.schema import Kind
from stream.stages.items_stage import ItemStage
from stream.stages.raters_stage import RatersStage
from tests.oracle.judging import Queue, RowName
from tests.oracle.shards import (
    QUEUES,
    Record,
    log_of,
    measured,
    outcome_log,
    outcomes,
    run,
    run_with_restarts,
    settings_of,
)
from tests.oracle.streams import START_MS

KEY = ControlKey(b"a key only for tests")
BEFORE = {**QUEUES}
AFTER = {
    "nominal": Queue(Kind.NOMINAL, ("a", "b", "c", "d", "e")),
    "ordinal": Queue(Kind.ORDINAL, ("1", "2", "3", "4", "5")),
    "set": Queue(Kind.SET, ("x", "y", "z", "p", "q")),
}
careful = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
cuts = st.lists(st.integers(0, 90), max_size=8)


def growing_log(seed: int, half: int = 40) -> list[Record]:
    random_ = random.Random(seed)
    before = log_of(judgment(random_, n, BEFORE) for n in range(half))
    control = sign(KEY, source=SETTINGS_SOURCE, version=1, at=START_MS, payload=settings_of(AFTER))
    after = log_of(judgment(random_, n, AFTER) for n in range(half, 2 * half))
    shifted = [record._replace(offset=half + 1 + n) for n, record in enumerate(after)]
    return [*before, Record(half, START_MS + half, control), *shifted]


def judgment(random_: random.Random, n: int, queues: dict[str, Queue]) -> tuple[int, dict[str, Any]]:
    queue = random_.choice(sorted(queues))
    labels = queues[queue].labels + (("unheard of",) if queue == "nominal" else ())
    label = random_.sample(labels, random_.randint(0, 3)) if queue == "set" else random_.choice(labels)
    event: dict[str, Any] = {
        "judgment_id": f"j{n}",
        "item_id": f"i{random_.randrange(6)}",
        "rater_id": f"r{random_.randrange(5)}",
    }
    event |= {"queue": queue, "vendor": "v", "label": label, "submitted_at": START_MS, "gold": label}
    if random_.random() < 0.2:
        event["stage"] = "training"
    return START_MS + n, event


def items(cached: int = 1000) -> ItemStage:
    return ItemStage(0, 1, Directory.of(settings_of(BEFORE), KEY), cached_items=cached)


def raters(cached: int = 1000) -> RatersStage:
    return RatersStage(0, 1, cached_raters=cached)


def label_mix(shard: RatersStage, name: RowName) -> dict[str, int]:
    found = measured([shard], "lifetime", START_MS)[name].labels
    assert found == measured([shard], "7d", START_MS)[name].labels
    return {label: n for label, n in found.items() if n}


@careful
@given(st.integers(0, 9), cuts, cuts, st.integers(1, 3))
def test_outcomes_and_rows_do_not_depend_on_where_the_settings_fell_in_a_batch(
    seed: int, sent: Sequence[int], batches: Sequence[int], flushes: int
) -> None:
    log = growing_log(seed)
    whole, cut = run(items(), log), run(items(cached=0), log, batches=sent, flushes=flushes)
    assert outcomes(cut.messages) == outcomes(whole.messages)
    assert cut.standing_items() == whole.standing_items()
    assert cut.rows["queues"] == whole.rows["queues"]
    messages = outcome_log(cut.messages, 0)
    one = run(raters(), messages)
    assert run(raters(cached=0), messages, batches=batches, flushes=flushes).rows == one.rows
    assert run_with_restarts(lambda: raters(cached=0), messages, [(5, batches, 1), (9, batches, 2)]).rows == one.rows
    assert run(raters(), outcome_log(whole.messages, 0)).rows == one.rows


def test_a_rater_keeps_the_counts_of_labels_and_of_other_when_the_vector_grows() -> None:
    log = growing_log(3)
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for record in log:
        event = msgspec.json.decode(record.value or b"")
        if event.get("queue") == "nominal" and "stage" not in event:
            known = BEFORE if record.offset < 40 else AFTER
            label = event["label"] if event["label"] in known["nominal"].labels else "other"
            expected[event["rater_id"]][label] += 1
    shard = raters()
    run(shard, outcome_log(run(items(), log, batches=[10, 60]).messages, 0), batches=[1, 2])
    assert {rater: label_mix(shard, RowName("nominal", rater)) for rater in expected} == expected
    assert {label for mix in expected.values() for label in mix} >= {"a", "d", "other"}
    assert [table.width for table in shard.tables.values() if len(table.slot_of)] == [8]


def test_a_row_that_lay_in_the_store_while_its_queue_grew_comes_back_in_the_wider_vector() -> None:
    messages = outcome_log(run(items(), growing_log(3), batches=range(0, 90, 5)).messages, 0)
    shard, memory = raters(cached=0), raters()
    run(memory, messages)
    store = run(shard, messages, batches=range(90))
    again = raters(cached=0)
    store.restore(again)
    store.load(again, again.read([messages[-1]._replace(offset=len(messages))]))
    for name in measured([again], "lifetime", START_MS):
        assert label_mix(again, name) == label_mix(memory, name)


def test_a_source_that_still_brings_the_old_settings_does_not_shrink_the_vectors() -> None:
    old = run(ItemStage(1, 1, Directory.of(settings_of(BEFORE), KEY)), growing_log(1)[:40])
    new = run(items(), growing_log(2), batches=[45])
    log = [*outcome_log(new.messages, 0), *outcome_log(old.messages, 0)]
    shard = RatersStage(0, 2)
    run(shard, [record._replace(offset=n) for n, record in enumerate(log)], batches=range(9))
    assert {queue.name: len(queue.labels) for queue in shard.queues.values()} == dict.fromkeys(AFTER, 5)
    scales = {int(scale) for table in shard.tables.values() for scale in table.rows.hot["scale"][table.slots()]}
    assert scales == {5}


def test_one_message_brings_old_and_new_settings_each_from_its_first_outcome_on() -> None:
    (record,) = outcome_log(run(items(), growing_log(3)).messages, 0)
    work = raters().read([record])
    found = {(info.name, len(info.labels)): at for at, info in work.queues}
    begun = {
        (name, len(queues[name].labels)): next(
            at
            for at, row in enumerate(work.rows)
            if (row["offset"] > 40) == (queues is AFTER) and work.queues[row["queue_row"]][1].name == name
        )
        for queues in (BEFORE, AFTER)
        for name in queues
    }
    assert found == begun


def test_new_settings_hold_from_their_outcome_on() -> None:
    shard = raters()
    rows = shard._rows
    rows.make_room(QueueInfo(7, "q", 0, ("a", "b", "c"), 4))
    rows.make_room(wide := QueueInfo(7, "q", 0, ("a", "b", "c", "d"), 8))
    assert len(shard.queues[7].labels) == 3
    rows.learn(wide)
    assert len(shard.queues[7].labels) == 4
