from typing import Any

import msgspec
import pytest

from stream.events import Finding
from stream.quality.columns import Column
from stream.quality.policy import DEFAULT_POLICY
from stream.quality.schema import UNIT
from stream.stages.items_stage import ItemStage
from stream.stages.policies import Policies
from stream.stages.raters_stage import RatersStage
from tests.oracle.judging import RowName
from tests.oracle.shards import Record, Store, directory, log_of, measured, outcome_log, run
from tests.oracle.streams import START_MS


def judged(n: int, rater: str, label: str = "a", **more: Any) -> dict[str, Any]:
    names = {"judgment_id": f"j{n}", "item_id": f"i{n}", "rater_id": rater, "queue": "nominal", "vendor": "v"}
    return {**names, "label": label, "submitted_at": START_MS + n, **more}


def gold(n: int, label: str, revision: int = 1) -> dict[str, Any]:
    return {
        "type": "gold",
        "queue": "nominal",
        "item_id": f"i{n}",
        "label": label,
        "revision": revision,
        "at": START_MS,
    }


def verdict(found: Finding) -> dict[str, Any]:
    names = {"finding_id": found.id, "rater_id": found.rater_id, "queue": found.queue}
    return {"type": "verdict", **names, "verdict": "cleared", "by": "someone", "at": START_MS}


def flagged(world: "World", begin: int = 0, detector: str = "known_answers") -> Finding:
    """Nine raters who are right, and one who is not."""
    moved = wrong(world, begin)
    (opened,) = [found for found in moved if (found.detector, found.event) == (detector, "opened")]
    return opened


def wrong(world: "World", begin: int = 0) -> list[Finding]:
    world.take(*(judged(1000 + begin + n, f"good{n % 9}", gold="a") for n in range(100)))
    return world.take(*(judged(begin + n, "bad", "b", gold="a") for n in range(16)))


def turned(world: "World") -> list[Finding]:
    """Sixteen known answers of all classes, and each time the rater gives another one."""
    known = ["abc"[n % 3] for n in range(100)]
    world.take(*(judged(1000 + n, f"good{n % 9}", known[n], gold=known[n]) for n in range(100)))
    return world.take(*(judged(n, "bad", "abc"[(n + 1 + n // 3 % 2) % 3], gold=known[n]) for n in range(16)))


class World:
    """Both stages of one partition, event by event; `cached` 0 keeps no clean row in memory."""

    def __init__(self, cached: int = 0, policies: Policies | None = None) -> None:
        self.items, self.items_store = ItemStage(0, 1, directory()), Store()
        self.raters, self.store = RatersStage(0, 1, policies=policies, cached_raters=cached), Store()
        self.counts: dict[tuple[str, str], int] = {}

    def take(self, *events: dict[str, Any]) -> list[Finding]:
        """The findings that these events moved."""
        before = len(self.items_store.messages), len(self.store.messages)
        log = [
            r._replace(offset=self.items.offset + r.offset)
            for r in log_of((START_MS + n, e) for n, e in enumerate(events))
        ]
        run(self.items, log, self.items_store)
        for message in self.items_store.messages[before[0] :]:
            work = self.raters.read([Record(self.raters.offset, 0, message.value)])
            self.store.load(self.raters, work)
            for key, n in self.raters.apply(work).counts.items():
                self.counts[key] = self.counts.get(key, 0) + n
            self.store.commit(self.raters)
        return [msgspec.json.decode(message.value, type=Finding) for message in self.store.messages[before[1] :]]


@pytest.mark.parametrize("cached", [0, 1000])
def test_a_finding_opens_closes_when_its_gold_is_corrected_and_carries_its_evidence(cached: int) -> None:
    world = World(cached)
    opened = flagged(world)
    assert (opened.detector, opened.event, opened.version, opened.episode) == ("known_answers", "opened", 1, 1)
    assert opened.n == len(opened.evidence)
    assert {evidence.item_id for evidence in opened.evidence} == {f"i{n}" for n in range(opened.n)}
    closed = [found for n in range(16) for found in world.take(judged(100 + n, "other"), gold(n, "b"))]
    assert {(found.event, found.why) for found in closed} == {("closed", "gold_corrected")}
    assert [found.version for found in closed if found.id == opened.id] == [2]
    assert world.counts["finding_forgiven", "known_answers"] == 1
    assert world.raters.findings == {}
    assert "findings" not in world.store.rows or world.store.rows["findings"] == {}


def test_a_finding_that_becomes_critical_is_the_same_finding_updated_once() -> None:
    first, again, *others = [found for found in turned(World()) if found.detector == "inverted"]
    assert [(found.event, found.state, found.version) for found in (first, again)] == [
        ("opened", "suspect", 1),
        ("updated", "critical", 2),
    ]
    assert (again.id, again.episode, again.opened_at) == (first.id, 1, first.opened_at)
    assert again.at > first.at
    assert (again.nats or 0) > (first.nats or 0) > (first.nats_needed or 0) == pytest.approx(7.338)
    assert others == []


def test_a_finding_of_the_alarm_that_rests_on_known_answers_speaks_of_them() -> None:
    opened = next(found for found in turned(World()) if found.detector == "inverted")
    assert opened.sentence.text == (
        "On 6 items with a known answer, 0 % of the answers match it; here at least 63 % is usual."
    )
    assert (opened.n, opened.measure, len(opened.evidence)) == (6, 0.0, 6)


def test_a_queue_is_held_to_its_own_policy() -> None:
    never = DEFAULT_POLICY._replace(detectors_on=0.0)
    assert wrong(World(policies=Policies(own={"nominal": never}))) == []
    assert wrong(World(policies=Policies(never, {"nominal": DEFAULT_POLICY}))) != []
    assert wrong(World(policies=Policies(own={"another": never}))) != []


def test_a_verdict_reaches_a_rater_whose_row_lies_in_the_store_and_begins_a_new_episode() -> None:
    world = World()
    opened = flagged(world)
    world.take(judged(50, "other"))  # lets the clean row go
    world.take(judged(51, "other"))
    assert [found.why for found in world.take(verdict(opened))] == ["verdict"]
    assert world.raters.unflushed == 0, "a verdict alone is committed"
    assert world.take(verdict(opened)) == []
    assert world.counts["verdict", "unknown_finding"] == 1
    again = flagged(world, 200)
    assert (again.episode, again.version) == (2, 1)
    assert again.id != opened.id


def test_a_verdict_alone_asks_for_a_commit() -> None:
    world = World()
    opened = flagged(world)
    run(world.items, [Record(world.items.offset, START_MS, msgspec.json.encode(verdict(opened)))], world.items_store)
    work = world.raters.read([Record(world.raters.offset, 0, world.items_store.messages[-1].value)])
    world.store.load(world.raters, work)
    world.raters.apply(work)
    assert world.raters.unflushed == 1


def test_a_second_vendor_is_counted_and_the_first_one_keeps_the_rater() -> None:
    world = World()
    world.take(judged(0, "r", vendor="first"))
    world.take(judged(1, "r", vendor="second"), judged(2, "r", vendor="first"), judged(3, "r", vendor="second"))
    assert world.counts["vendor_changed", "nominal"] == 2
    rows = measured([world.raters], "lifetime", START_MS)
    assert rows[RowName("nominal", vendor="first")].columns[Column.JUDGMENTS] == 4
    assert RowName("nominal", vendor="second") not in rows


def test_corrections_of_a_rater_that_a_rebuilt_shard_never_heard_of_are_passed_over() -> None:
    world = World()
    world.take(judged(0, "r", gold="a"))
    run(
        world.items,
        [r._replace(offset=1 + r.offset) for r in log_of([(START_MS, gold(0, "b")), (START_MS, judged(1, "r"))])],
        world.items_store,
    )
    rebuilt = RatersStage(0, 1, accept_first=True)
    (record,) = outcome_log(world.items_store.messages[1:], 0)
    work = rebuilt.read([record])
    Store().load(rebuilt, work)
    counts = rebuilt.apply(work).counts
    assert counts["outcome", "unknown_rater"] == 1
    columns = measured([rebuilt], "lifetime", START_MS)[RowName("nominal", "r")].columns
    assert (columns[Column.JUDGMENTS], columns[Column.GOLD_SEEN]) == (1, 0)


def test_training_stands_apart_and_counts_in_no_group() -> None:
    world = World()
    world.take(judged(0, "r", stage="training", gold="b"), judged(1, "r"))
    rows = measured([world.raters], "lifetime", START_MS)
    assert rows[RowName("nominal", "r", training=True)].columns[Column.GOLD_SEEN] == 1
    assert rows[RowName("nominal", "r")].columns[Column.GOLD_SEEN] == 0
    assert rows[RowName("nominal")].columns[Column.JUDGMENTS] == 1


def test_a_revision_from_training_to_production_moves_between_the_rows() -> None:
    world = World()
    world.take(judged(0, "r", stage="training"))
    world.take(judged(0, "r", revision=1, gold="a"))
    rows = measured([world.raters], "lifetime", START_MS)
    assert rows[RowName("nominal", "r", training=True)].columns[Column.JUDGMENTS] == 0
    assert rows[RowName("nominal", "r")].columns[Column.GOLD_RIGHT] == UNIT


def test_hot_and_history_of_a_busy_rater_stay_within_their_bounds() -> None:
    world = World(cached=10)
    world.take(*(judged(n, "r", "abc"[n % 3], gold="a", duration_ms=3000 + n, cost="0.5") for n in range(400)))
    sizes = {name: max(map(len, world.store.rows[name].values())) for name in ("raters", "history", "evidence")}
    assert sizes["raters"] <= 2048
    assert sizes["history"] <= 4096
    assert sizes["evidence"] <= 4096
