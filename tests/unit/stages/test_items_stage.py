from collections import Counter
from typing import Any

import pytest

from stream.quality.columns import Column
from stream.quality.item_rows import BLOCK_MARKS
from stream.quality.item_table import ItemTable
from stream.quality.outcome_message import decode_message
from stream.quality.schema import MARK, MARK_CAP, UNIT
from stream.stages.items_stage import ItemStage
from stream.stages.port import Effects, Flush
from tests.oracle.judging import RowName
from tests.oracle.shards import Record, Store, both_stages, directory, log_of, measured, outcome_rows, run
from tests.oracle.streams import DAY_MS, START_MS, retraction
from tests.oracle.sums import Sums


def judged(n: int, rater: str | None = None, label: str = "a", item: str = "i", **more: Any) -> dict[str, Any]:
    names = {"judgment_id": f"j{n}", "item_id": item, "rater_id": rater or f"r{n}", "queue": "nominal", "vendor": "v"}
    return {**names, "label": label, "submitted_at": START_MS, **more}


def gold(label: str | None, revision: int = 1, item: str = "i") -> dict[str, Any]:
    return {"type": "gold", "queue": "nominal", "item_id": item, "label": label, "revision": revision, "at": START_MS}


def log(*events: dict[str, Any], start_ms: int = START_MS, offset: int = 0) -> list[Record]:
    records = log_of((start_ms + n, event) for n, event in enumerate(events))
    return [record._replace(offset=record.offset + offset) for record in records]


def apply(stage: ItemStage, store: Store, records: list[Record]) -> tuple[Effects, Flush]:
    work = stage.read(records)
    store.load(stage, work)
    effects = stage.apply(work)
    flush = stage.flush()
    for name, fields in flush.rows.items():
        store.rows.setdefault(name, {}).update(fields)
    for name in flush.dropped:
        store.rows.pop(name, None)
    stage.settled()
    return effects, flush


def results(effects: Effects) -> dict[str, int]:
    return {detail: n for (what, detail), n in effects.counts.items() if what == "record"}


def columns(shards: Any, rater: str) -> Counter[Column]:
    found: dict[RowName, Sums] = measured(shards, "lifetime", START_MS)
    return found[RowName("nominal", rater)].columns


def test_a_ninth_label_is_compared_with_the_first_eight_and_changes_none_of_them() -> None:
    first_eight = [judged(n, label="a" if n < 4 else "b") for n in range(8)]
    shards = both_stages(log(*first_eight, judged(8, label="a"), judged(9, label="c")))
    assert columns(shards, "r0")[Column.PEERS] == 7
    assert columns(shards, "r0")[Column.AGREEMENT] == (3 * UNIT + 3) // 7
    assert columns(shards, "r8")[Column.PEERS] == 8
    assert columns(shards, "r8")[Column.AGREEMENT] == UNIT // 2
    assert columns(shards, "r9")[Column.AGREEMENT] == 0


def test_when_one_of_the_first_eight_is_taken_back_the_ninth_becomes_a_peer() -> None:
    nine = [judged(n, label="a" if n < 8 else "b") for n in range(9)]
    shards = both_stages(log(*nine, retraction("nominal", "i", "j3", "r3")))
    assert columns(shards, "r0")[Column.AGREEMENT] == (6 * UNIT + 3) // 7
    assert columns(shards, "r8")[Column.PEERS] == 7


def test_beyond_4096_judgments_an_item_scores_but_remembers_no_more() -> None:
    stage, store = ItemStage(0, 1, directory()), Store()
    many = [judged(n, rater=f"r{n % 5000}") for n in range(MARK_CAP + 2)]
    effects, flush = apply(stage, store, log(*many))
    assert results(effects) == {"applied": MARK_CAP, "unkept": 2}
    last = outcome_rows(decode_message(flush.messages[-1].value))[-1]
    assert (last["new"]["peers"], last["new"]["agreement"], last["first"]) == (8, UNIT, 1)
    again = [judged(MARK_CAP - 1, rater=f"r{MARK_CAP - 1}"), judged(MARK_CAP, rater=f"r{MARK_CAP}")]
    effects, _ = apply(stage, store, log(*again, offset=len(many)))
    assert results(effects) == {"duplicate": 1, "unkept": 1}
    effects, _ = apply(stage, store, log(retraction("nominal", "i", "j4097", "r4097"), offset=len(many) + 2))
    assert results(effects) == {"item_expired": 1}


def test_a_much_judged_item_is_stored_in_blocks_and_only_those_that_changed_are_written() -> None:
    stage, store = ItemStage(0, 1, directory(), cached_items=0), Store()
    _, flush = apply(stage, store, log(gold("a"), *(judged(n) for n in range(3 * BLOCK_MARKS - 1))))
    (fields,) = (flush.rows[name] for name in flush.rows if name == "golds")
    assert [len(key) - 16 for key, _ in fields] == [0, 2, 2]
    assert len(fields[1][1]) == BLOCK_MARKS * MARK.itemsize
    _, flush = apply(stage, store, log(judged(900), offset=900))
    assert [key[16:] for key, _ in flush.rows["golds"]] == [b"", b"\x02\x00"]
    _, flush = apply(stage, store, log(gold("b", 2), offset=901))
    assert len(flush.rows["golds"]) == 3, "a corrected gold changes every judgment"
    assert len(outcome_rows(decode_message(flush.messages[0].value))) == 3 * BLOCK_MARKS


def test_an_item_moves_whole_to_the_golds_when_its_answer_becomes_known() -> None:
    stage, store = ItemStage(0, 1, directory(), cached_items=0), Store()
    _, flush = apply(stage, store, log(*(judged(n) for n in range(BLOCK_MARKS + 1))))
    (generation,) = (name for name in flush.rows if name.startswith("items:"))
    assert len(flush.rows[generation]) == 2
    _, flush = apply(stage, store, log(gold("a"), offset=200))
    assert len(flush.rows["golds"]) == 2
    assert generation not in flush.rows


def test_a_much_judged_item_moves_whole_to_the_next_generation() -> None:
    stage, store = ItemStage(0, 1, directory(), horizon_days=1, cached_items=0), Store()
    apply(stage, store, log(*(judged(n) for n in range(BLOCK_MARKS + 5))))
    for day in (1, 2, 3):
        effects, _ = apply(stage, store, log(judged(0, rater="r0"), start_ms=START_MS + day * DAY_MS, offset=100 * day))
        assert results(effects) == {"duplicate": 1}
    effects, _ = apply(stage, store, log(judged(BLOCK_MARKS, rater="r64"), start_ms=START_MS + 3 * DAY_MS, offset=999))
    assert results(effects) == {"duplicate": 1}


@pytest.mark.parametrize("cached", [0, 1000])
def test_an_item_is_forgotten_after_two_generations_and_its_key_is_dropped(cached: int) -> None:
    stage, store = ItemStage(0, 1, directory(), horizon_days=1, cached_items=cached), Store()
    apply(stage, store, log(judged(0), judged(1, item="known"), gold("a", item="known")))
    generation = START_MS // DAY_MS
    assert f"items:{generation}" in store.rows
    _, flush = apply(stage, store, log(judged(5, item="other"), start_ms=START_MS + DAY_MS, offset=10))
    assert f"items:{generation}" not in flush.dropped
    _, flush = apply(stage, store, log(judged(6, item="other"), start_ms=START_MS + 2 * DAY_MS, offset=11))
    assert f"items:{generation}" in flush.dropped
    late = log(
        judged(0),
        judged(1, item="known"),
        retraction("nominal", "gone", "j77", "r7"),
        start_ms=START_MS + 2 * DAY_MS,
        offset=12,
    )
    effects, _ = apply(stage, store, late)
    assert results(effects) == {"applied": 1, "duplicate": 1, "item_expired": 1}


def test_an_item_that_expires_before_it_was_ever_written_is_not_written() -> None:
    stage, store = ItemStage(0, 1, directory(), horizon_days=1), Store()
    events = [(START_MS, judged(0)), (START_MS + 5 * DAY_MS, judged(1, item="other"))]
    _, flush = apply(stage, store, log_of(events))
    assert list(flush.rows) == [f"items:{(START_MS + 5 * DAY_MS) // DAY_MS}", "queues"]


def test_a_corrected_gold_reaches_answers_of_any_age() -> None:
    stage, store = ItemStage(0, 1, directory(), horizon_days=1, cached_items=0), Store()
    apply(stage, store, log(judged(0, gold="a")))
    _, flush = apply(stage, store, log(gold("b"), start_ms=START_MS + 100 * DAY_MS, offset=1))
    (row,) = outcome_rows(decode_message(flush.messages[0].value))
    assert (row["old"]["credit"], row["new"]["credit"]) == (UNIT, 0)


def test_a_judgment_that_was_taken_back_before_it_came_never_counts() -> None:
    events = [judged(0), retraction("nominal", "i", "j1", "r1"), judged(1), judged(1)]
    stage, store = ItemStage(0, 1, directory()), Store()
    effects, _ = apply(stage, store, log(*events))
    assert results(effects) == {"applied": 1, "retracted_early": 1, "after_withdrawal": 2}


def test_a_retraction_is_written_and_outlives_the_cache() -> None:
    stage, store = ItemStage(0, 1, directory(), cached_items=0), Store()
    apply(stage, store, log(judged(0)))
    apply(stage, store, log(retraction("nominal", "i", "j0", "r0"), offset=1))
    effects, _ = apply(stage, store, log(judged(0, revision=3), offset=2))
    assert results(effects) == {"after_withdrawal": 1}


def test_what_an_item_refuses_is_rejected_by_name_with_its_bytes() -> None:
    events = [
        judged(0, revision=2),
        judged(0, revision=1),
        judged(0, revision=2, label="b"),
        retraction("nominal", "x", "j", "r"),
    ]
    effects, _ = apply(ItemStage(0, 1, directory()), Store(), records := log(*events))
    assert [(reject.offset, reject.reason) for reject in effects.rejects] == [
        (1, "stale_revision"),
        (2, "conflicting_duplicate"),
        (3, "item_expired"),
    ]
    assert effects.rejects[0].value == records[1].value


def test_the_same_inline_answer_under_two_guidelines_holds_for_both() -> None:
    one, other = judged(0, gold="a", guideline="v1"), judged(1, gold="a", guideline="v2")
    for events in ([one, other], [other, one]):
        shards = both_stages(log(*events))
        assert [columns(shards, rater)[Column.GOLD_SEEN] for rater in ("r0", "r1")] == [1, 1]


def test_a_gold_event_of_revision_0_wins_over_an_inline_one_in_either_order() -> None:
    for events in ([judged(0, gold="b"), gold("a", 0)], [gold("a", 0), judged(0, gold="b")]):
        assert columns(both_stages(log(*events)), "r0")[Column.GOLD_RIGHT] == UNIT


def test_an_item_of_three_judgments_with_what_posteriors_say_of_them_takes_at_most_330_bytes() -> None:
    """The design allows 300 for the judgments alone, and 600 with what the posteriors make of them."""
    store = run(ItemStage(0, 1, directory()), log(*(judged(n, duration_ms=5000, cost="0.1") for n in range(3))))
    (fields,) = (fields for name, fields in store.rows.items() if name.startswith("items"))
    (data,) = fields.values()
    assert len(data) <= 330
    assert ItemTable.blocks_of(data) == 1
