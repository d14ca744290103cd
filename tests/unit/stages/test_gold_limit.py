"""A shard keeps a bounded number of items with a known answer, whatever is in memory and wherever it was restarted."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.intake.reasons import Reason
from stream.stages.items_stage import ItemStage
from stream.stages.port import Effects
from tests.oracle.shards import Record, Store, directory, log_of, outcomes, run, run_with_restarts
from tests.oracle.streams import DAY_MS, START_MS, Timed, logs

cuts = st.lists(st.integers(0, 60), max_size=8)
lives = st.lists(st.tuples(st.integers(0, 60), cuts, st.integers(1, 3)), max_size=3)


def known(item: str, label: str | None = "a", revision: int = 1, **more: Any) -> dict[str, Any]:
    fact = {"type": "gold", "queue": "nominal", "item_id": item, "label": label, "revision": revision}
    return {**fact, "at": START_MS, **more}


def adjudicated(item: str, label: str | None = "a", revision: int = 1) -> dict[str, Any]:
    return known(item, label, revision, type="adjudication", auditor="x", sampling="random", severity="minor")


def judged(item: str, gold: str | None = None, rater: str = "r1") -> dict[str, Any]:
    names = {"judgment_id": f"{item}-{rater}", "item_id": item, "rater_id": rater, "queue": "nominal", "vendor": "v"}
    return {**names, "label": "a", "submitted_at": START_MS, **({"gold": gold} if gold else {})}


def log(*events: dict[str, Any]) -> list[Record]:
    return log_of((START_MS + n, event) for n, event in enumerate(events))


def limited(limit: int = 2, *, cached: int = 0) -> ItemStage:
    return ItemStage(0, 1, directory(), horizon_days=1, cached_items=cached, kept_limit=limit)


def fed(stage: ItemStage, store: Store, records: Sequence[Record]) -> Effects:
    work = stage.read(records)
    store.load(stage, work)
    effects = stage.apply(work)
    store.commit(stage)
    return effects


def results(effects: Effects) -> dict[str, int]:
    return {detail: n for (what, detail), n in effects.counts.items() if what == "record"}


def kept_items(store: Store) -> set[bytes]:
    return {key for key in store.rows.get("golds", {}) if len(key) == 16}


@pytest.mark.parametrize("beyond", [known("3"), known("3", None), adjudicated("3"), adjudicated("3", None)])
def test_a_known_answer_beyond_the_limit_is_refused_by_name_with_its_bytes(beyond: dict[str, Any]) -> None:
    store, records = Store(), log(known("1"), judged("2", gold="a"), beyond)
    effects = fed(limited(), store, records)
    assert effects.rejects == [(2, Reason.GOLD_LIMIT, records[2].value)]
    assert results(effects) == {"applied": 2, "gold_limit": 1}
    assert len(kept_items(store)) == 2


def test_an_item_that_is_kept_takes_further_known_answers_of_a_full_shard() -> None:
    full = log(known("1"), adjudicated("2"), known("1", "b", 2), adjudicated("1"), known("2"), adjudicated("2", "b", 2))
    effects = fed(limited(), Store(), full)
    assert results(effects) == {"applied": 6}


def test_a_withdrawn_gold_still_takes_its_place() -> None:
    effects = fed(limited(1), Store(), log(known("1"), known("1", None, 2), known("2")))
    assert results(effects) == {"applied": 2, "gold_limit": 1}


def test_an_inline_answer_beyond_the_limit_is_not_taken_and_counted_but_its_judgment_counts() -> None:
    store = Store()
    effects = fed(limited(1), store, log(judged("1", gold="b"), judged("2", gold="b"), judged("1", "b", rater="r2")))
    assert results(effects) == {"applied": 3}
    assert not effects.rejects
    assert effects.counts["gold_limit", "nominal"] == 1
    plain = Store()
    fed(limited(1), plain, log(judged("1", gold="b"), judged("2"), judged("1", "b", rater="r2")))
    assert outcomes(store.messages) == outcomes(plain.messages)


def test_nothing_is_said_of_the_limit_while_there_is_room() -> None:
    effects = fed(limited(2), Store(), log(judged("1", gold="a"), judged("1", "a", rater="r2"), judged("2")))
    assert ("gold_limit", "nominal") not in effects.counts


def test_an_item_whose_known_answer_was_refused_is_forgotten_like_any_other() -> None:
    store, stage = Store(), limited(0)
    later = START_MS + 2 * DAY_MS
    events = [(START_MS, judged("1", gold="a")), (START_MS + 1, known("1")), (later, judged("2")), (later, judged("1"))]
    assert [results(fed(stage, store, [record])) for record in log_of(events)] == [
        {"applied": 1},
        {"gold_limit": 1},
        {"applied": 1},
        {"applied": 1},
    ]


def test_a_restarted_shard_knows_how_many_it_keeps() -> None:
    store = Store()
    fed(limited(), store, log(known("1"), known("2")))
    again = limited()
    store.restore(again)
    rest = log(known("1"), known("2"), known("3"), judged("4", gold="a"), known("2", "b", 2))[2:]
    effects = fed(again, store, rest)
    assert results(effects) == {"gold_limit": 1, "applied": 2}
    assert effects.counts["gold_limit", "nominal"] == 1
    assert len(kept_items(store)) == 2


def test_a_head_from_before_the_limit_starts_counting_and_releases_nothing() -> None:
    store = Store()
    fed(limited(3), store, log(known("1"), known("2"), known("3")))
    del store.head[b"kept"]
    again = limited(1)
    store.restore(again)
    effects = fed(again, store, log(*([known("0")] * 3), known("3", "b", 2), known("4"), known("5"))[3:])
    assert results(effects) == {"applied": 2, "gold_limit": 1}
    assert len(kept_items(store)) == 4


@settings(max_examples=60, deadline=None)
@given(logs(), cuts, st.integers(1, 3), lives, st.integers(0, 4))
def test_the_limit_holds_however_the_log_is_cut(
    timed: list[Timed], batches: list[int], flushes: int, some_lives: list[tuple[int, list[int], int]], limit: int
) -> None:
    records = log_of(timed)
    whole, unbounded = run(limited(limit, cached=1000), records), run(limited(1000), records)
    assert len(kept_items(whole)) == min(limit, len(kept_items(unbounded)))
    for other in (
        run(limited(limit), records, batches=batches, flushes=flushes),
        run_with_restarts(lambda: limited(limit), records, some_lives),
    ):
        assert kept_items(other) == kept_items(whole)
        assert other.head.get(b"kept", b"0") == b"%d" % len(kept_items(whole))


@settings(max_examples=60, deadline=None)
@given(logs(), cuts, st.integers(0, 3))
def test_what_is_refused_and_counted_does_not_depend_on_the_batches(
    timed: list[Timed], batches: list[int], limit: int
) -> None:
    records, told = log_of(timed), []
    for cut in ([], batches, range(len(records))):
        stage, store, counts, rejects = limited(limit), Store(), Counter[tuple[str, str]](), list[Any]()
        places = [0, *sorted({place for place in cut if 0 < place < len(records)}), len(records)]
        for begin, end in pairwise(places):
            if begin < end:
                effects = fed(stage, store, records[begin:end])
                counts.update(effects.counts)
                rejects += effects.rejects
        told.append((counts, sorted(rejects)))
    assert told[0] == told[1] == told[2]
