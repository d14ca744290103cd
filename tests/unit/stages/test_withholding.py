"""A crowd over two source partitions, and orders about people in the middle of it: who is gone, who is untouched."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
import xxhash

from stream.events import Finding
from stream.intake.directory import Directory
from stream.intake.knowledge import summaries_controls
from stream.quality.schema import ITEM, MARK, SUMMARY, Held
from stream.quality.standing_bytes import partner_bytes
from stream.quality.votes import vote_key
from stream.stages.items_stage import ItemStage
from stream.stages.policies import Policies
from stream.stages.port import Message
from stream.stages.raters_stage import RatersStage
from tests.oracle.crowd import CONSTANT, crowd_log
from tests.oracle.orders import order
from tests.oracle.shards import KEY, Record, Store, log_of, outcome_log, outcomes, run, settings_of
from tests.oracle.streams import Timed, retraction
from tests.unit.stages.test_cutting import NERVOUS, same_state

SOURCES = 2
LETTERS = "bcdfghjkmnpq"
Log = list[Timed]


def name(number: int | str) -> str:
    """A pseudonym that occurs nowhere by chance."""
    return f"rkx-{LETTERS[int(str(number).removeprefix('r'))] * 12}"


GONE = name(CONSTANT)


def logs(*orders: dict[str, Any], seed: int = 4, judgments: int = 2_400) -> list[Log]:
    """The crowd's log by source partition; orders come in the middle of each, a little later in the second."""
    found: list[Log] = [[] for _ in range(SOURCES)]
    events = crowd_log(seed, judgments)
    for log_ms, event in events:
        if event.get("type") == "verdict":
            continue
        named = event | ({"rater_id": name(event["rater_id"])} if "rater_id" in event else {})
        found[int(event["item_id"][1:]) % SOURCES].append((log_ms, named))
    for number, log in enumerate(found):
        middle = len(log) // 2 + 40 * number
        log[middle:middle] = [(log[middle][0], event) for event in orders]
    return found


def first(found: Sequence[Log], *places: int) -> list[Log]:
    """So much of each log."""
    return [log[:place] for log, place in zip(found, places, strict=True)]


class Shards:
    """Both sources, and a single shard of stage 2, on stores of dictionaries."""

    def __init__(self, found: Sequence[Log], *, cached: int = 100_000, batches: Sequence[int] = ()) -> None:
        self.items = [Store() for _ in found]
        for number, log in enumerate(found):
            stage = ItemStage(
                number, 1, Directory.of(settings_of(), KEY), partitions=SOURCES, horizon_days=1, cached_items=cached
            )
            run(stage, log_of(log), self.items[number], batches=batches)
        sent = [outcome_log(store.messages, 0) for store in self.items]
        self.log = [Record(at, 0, one.value) for at, one in enumerate([*sent[0], *sent[1]])]
        self.raters = Store()
        self.stage = RatersStage(0, SOURCES, policies=Policies(NERVOUS), cached_raters=cached, knowledge_key=KEY)
        run(self.stage, self.log, self.raters, batches=batches)

    @property
    def stores(self) -> list[Store]:
        return [*self.items, self.raters]

    def findings(self, rater: str) -> list[Finding]:
        told = [msgspec.json.decode(one.value, type=Finding) for one in self.raters.messages if one.topic == "findings"]
        return [found for found in told if found.rater_id == rater]

    def rows(self) -> dict[bytes, tuple[bytes, bytes]]:
        """Raters' rows by key."""
        return {key: (hot, self.raters.rows["history"][key]) for key, hot in self.raters.rows["raters"].items()}


def hashed(rater: str) -> int:
    return xxhash.xxh3_64_intdigest(rater.encode())


def traces(store: Store, rater: str, messages: Sequence[Message] = ()) -> list[str]:
    """Where a store names the rater in any of the ways in which anything here does."""
    key = hashed(rater)
    queue = xxhash.xxh3_64_intdigest(b"nominal")
    ways = [
        rater.encode(),
        key.to_bytes(8, "little"),
        key.to_bytes(8, "big"),
        key.to_bytes(8, "little").hex().encode(),
        partner_bytes(key),
        int(vote_key(np.uint64(key), np.uint64(queue))).to_bytes(8, "little"),
    ]
    texts = [
        (f"{key_}: {field!r}", field + value) for key_, fields in store.rows.items() for field, value in fields.items()
    ]
    texts += [("head", value) for value in store.head.values()]
    texts += [("outbox", message.value) for message in [*store.outbox, *messages]]
    return [where for where, text in texts if any(way in text for way in ways)]


@pytest.mark.parametrize("cached", [100_000, 0])
def test_nothing_of_a_forgotten_rater_is_left_in_any_key(cached: int) -> None:
    before = Shards(logs(), cached=cached, batches=range(0, 2_000, 150))
    assert all(traces(store, GONE) for store in before.stores), "else the test looks for the wrong thing"
    after = Shards(logs(order(GONE, "forget")), cached=cached, batches=range(0, 2_000, 150))
    assert [traces(store, GONE) for store in after.stores] == [[], [], []]
    assert [traces(store, name(3)) for store in after.stores] != [[], [], []]


def test_the_commit_after_that_of_the_order_clears_the_outbox() -> None:
    [log, _] = logs(order(GONE, "forget"))
    place = next(at for at, (_, event) in enumerate(log) if event.get("type") == "control")
    stage, store = ItemStage(0, 1, Directory.of(settings_of(), KEY), partitions=SOURCES), Store()
    records = log_of(log[: place + 1])
    work = stage.read(records)
    store.load(stage, work)
    stage.apply(work)
    store.commit(stage)
    assert set(traces(store, GONE)) == {"outbox"}
    assert stage.unflushed == 1
    again = ItemStage(0, 1, Directory.of(settings_of(), KEY), partitions=SOURCES)
    store.restore(again)
    assert again.unflushed == 1, "whoever takes the shard over sweeps too"
    store.commit(stage)
    assert (traces(store, GONE), stage.unflushed) == ([], 0)


def test_rows_of_everybody_else_are_those_of_a_run_without_the_order_up_to_it() -> None:
    with_order = logs(order(GONE, "forget"))
    places = [next(at for at, (_, event) in enumerate(log) if event.get("type") == "control") for log in with_order]
    until = Shards(first(with_order, *places))
    after = Shards(first(with_order, *(place + 1 for place in places)))
    others = {key: row for key, row in until.rows().items() if not key.startswith(hashed(GONE).to_bytes(8, "little"))}
    assert others
    assert after.rows().keys() == others.keys()
    assert {key for key in others if after.rows()[key] != others[key]} <= met(until, GONE)
    groups = [{k: v for k, v in shards.raters.rows["board"].items() if k.startswith(b"g")} for shards in (until, after)]
    assert groups[0] == groups[1]


def met(shards: Shards, rater: str) -> set[bytes]:
    """The rows that had the rater among their partners: there only the partner's place changes."""
    needle = partner_bytes(hashed(rater))
    return {key for key, (hot, _) in shards.rows().items() if needle in hot}


def test_reading_the_log_again_from_its_start_comes_to_the_same() -> None:
    found = logs(order(GONE, "forget"))
    whole = Shards(found, batches=range(0, 3_000, 200))
    cut = Shards(found, cached=0, batches=range(0, 3_000, 90))
    for one, other in zip(whole.stores, cut.stores, strict=True):
        if one is not whole.raters:
            same_state(one, other)
    for cached, batches in ((20_000, ()), (0, range(len(whole.log)))):
        replayed = Store()
        stage = RatersStage(0, SOURCES, policies=Policies(NERVOUS), cached_raters=cached, knowledge_key=KEY)
        run(stage, whole.log, replayed, batches=batches)
        same_state(whole.raters, replayed)


def test_its_findings_close_without_evidence_and_none_opens_any_more() -> None:
    found = Shards(logs(order(GONE, "forget"))).findings(GONE)
    assert found, "the crowd's constant rater has findings"
    closed = [one for one in found if one.why == "forgotten"]
    assert closed
    assert closed[-1] is found[-1]
    for one in closed:
        assert (one.event, one.evidence, one.corroboration, one.measure, one.partner) == ("closed", [], [], None, None)
        assert one.sentence.key == "forgotten"


def test_judgments_that_still_come_are_refused_keep_nothing_and_halt_nothing() -> None:
    [log, _] = logs(order(GONE, "forget"))
    place = next(at for at, (_, event) in enumerate(log) if event.get("type") == "control")
    late = [{**log[0][1], "judgment_id": f"late{n}", "rater_id": GONE} for n in range(1_200)]
    late.append(retraction("nominal", log[0][1]["item_id"], "late0", GONE))
    stage = ItemStage(0, 1, Directory.of(settings_of(), KEY), stored=False)
    records = log_of([*log[: place + 1], *((log[place][0], event) for event in late)])
    effects = stage.apply(stage.read(records))
    refused = [reject for reject in effects.rejects if reject.reason == "forgotten"]
    assert len(refused) == len(late)
    assert {reject.value for reject in refused} == {None}
    stage.read(log_of([(log[place][0], log[0][1])]))  # would raise ShardHalted


def test_its_vote_goes_and_a_late_summary_does_not_bring_it_back() -> None:
    summary = np.zeros(1, SUMMARY)
    summary["rater"], summary["queue"], summary["skill"] = hashed(GONE), xxhash.xxh3_64_intdigest(b"nominal"), 9_000
    told = msgspec.json.decode(summaries_controls(KEY, 0, 1, 0, summary)[0])
    for events, votes in (([order(GONE, "forget"), told], 0), ([told, order(GONE, "forget")], 0), ([told], 1)):
        stage, store = ItemStage(0, 1, Directory.of(settings_of(), KEY)), Store()
        run(stage, log_of([(1_700_000_000_000 + n, event) for n, event in enumerate(events)]), store)
        assert len(store.rows.get("votes", {})) == votes


def test_who_copied_a_forgotten_rater_is_held_against_nobody() -> None:
    found = pairs()
    before = Shards(found)
    copying = [one for one in before.raters.rows["findings"].values() if b"copying" in one]
    assert copying, "the copier has a finding"
    ordered = [[*log, (log[-1][0], order(name(2), "forget"))] for log in found]
    after = Shards(ordered)
    assert not [one for one in after.raters.rows["findings"].values() if b"copying" in one]
    assert [(one.event, one.why) for one in after.findings(name(3)) if one.detector == "copying"][-1] == (
        "closed",
        "evidence_gone",
    )
    assert [traces(store, name(2)) for store in after.stores] == [[], [], []]


def pairs() -> list[Log]:
    """Rater 3 gives rater 2's answers, right or wrong, on items that others judge too."""
    random_, log = random.Random(1), []
    for n in range(900):
        truth = random_.choice("abc")
        answers = [truth if random_.random() < 0.7 else random_.choice("abc") for _ in range(5)]
        answers[3] = answers[2]
        for rater, label in enumerate(answers):
            names = {"judgment_id": f"{n}-{rater}", "item_id": f"i{n}", "rater_id": name(rater), "queue": "nominal"}
            at_ms = 1_700_000_000_000 + 10_000 * n + rater
            log.append((at_ms, {**names, "vendor": "v", "label": label, "submitted_at": at_ms}))
    return [[one for one in log if int(one[1]["item_id"][1:]) % SOURCES == number] for number in range(SOURCES)]


def test_a_restricted_rater_stands_still_while_others_go_on() -> None:
    with_order = logs(order(GONE, "restrict"))
    places = [next(at for at, (_, event) in enumerate(log) if event.get("type") == "control") for log in with_order]
    until, after = Shards(first(with_order, *places)), Shards(with_order)
    mine = [key for key in until.rows() if key.startswith(hashed(GONE).to_bytes(8, "little"))]
    assert mine
    moved = [one for one in with_order[0][places[0] :] if one[1].get("rater_id") == GONE and "type" not in one[1]]
    assert moved, "the rater goes on working"
    taken_back = any(
        one[1].get("type") == "retraction" and one[1]["rater_id"] == GONE for log in with_order for one in log
    )
    assert taken_back or [after.rows()[key] for key in mine] == [until.rows()[key] for key in mine]
    assert after.stage.silent == {hashed(GONE).to_bytes(8, "little")}
    assert GONE not in {found.rater_id for found in after.stage.told_findings}


def test_a_lower_version_does_not_undo_a_higher_one() -> None:
    released_late = logs(order(GONE, "restrict", 5), order(GONE, "release", 4))
    assert Shards(released_late).stage.silent
    released = logs(order(GONE, "restrict", 5), order(GONE, "release", 6))
    assert not Shards(released).stage.silent


def test_sources_may_read_orders_in_any_sequence() -> None:
    """The second source reads both orders long after the first one: the higher version holds at once, and stays."""
    assert not Shards(logs(order(GONE, "restrict", 1), order(GONE, "release", 2))).stage.silent


def test_an_order_of_somebody_without_the_key_is_refused() -> None:
    forged = {**order(GONE, "forget"), "mac": "0" * 64}
    stage = ItemStage(0, 1, Directory.of(settings_of(), KEY), stored=False)
    effects = stage.apply(stage.read(log_of([(1_700_000_000_000, forged)])))
    assert [reject.reason for reject in effects.rejects] == ["forged_control"]


def test_answers_of_two_forgotten_raters_on_an_item_stay_two_peoples() -> None:
    events = [judged(1, 1, "a"), judged(2, 2, "b"), judged(3, 3, "a")]
    orders = [order(name(1), "forget"), order(name(2), "forget")]
    store = run(ItemStage(0, 1, Directory.of(settings_of(), KEY)), log_of(timed([*events, *orders, judged(4, 4, "a")])))
    [data] = store.standing_items().values()
    marks = marks_of(data)
    assert len(set(marks["rater"].tolist())) == 4
    assert marks["held"].tolist() == [Held.NAMELESS, Held.NAMELESS, Held.NO, Held.NO]
    assert int(marks[3]["score"]["peers"]) == 3


def judged(number: int, rater: int, label: str) -> dict[str, Any]:
    names = {"judgment_id": f"j{number}", "item_id": "i1", "rater_id": name(rater), "queue": "nominal", "vendor": "v"}
    return {**names, "label": label, "submitted_at": 1_700_000_000_000}


def timed(events: Sequence[dict[str, Any]]) -> Log:
    return [(1_700_000_000_000 + n, event) for n, event in enumerate(events)]


def marks_of(data: bytes) -> np.ndarray:
    return np.frombuffer(data[ITEM.itemsize :], MARK)


def test_a_copy_that_is_still_on_its_way_to_the_store_is_removed_too() -> None:
    """The search sees the store as it was; what the commit on its way writes there must go all the same."""
    events = [judged(1, 1, "a"), judged(2, 2, "b")]
    known = {"type": "gold", "queue": "nominal", "item_id": "i1", "label": "a", "revision": 1, "at": 1_700_000_000_000}
    log = log_of(timed([*events, known, order(name(1), "forget")]))
    stage, store = ItemStage(0, 1, Directory.of(settings_of(), KEY)), Store()
    stage.apply(stage.read(log[:2]))
    on_its_way = stage.flush()
    work = stage.read(log[2:])
    store.load(stage, work)
    stage.apply(work)
    for key, fields in on_its_way.rows.items():
        store.rows.setdefault(key, {}).update(fields)
    assert traces(store, name(1))
    store.commit(stage)
    store.commit(stage)
    assert traces(store, name(1)) == []
    assert traces(store, name(2))


def test_what_a_release_sends_is_in_one_order_wherever_items_stand_in_memory() -> None:
    items = [f"i{n}" for n in (3, 1, 4, 2)]
    first_ones = [{**judged(n, 1, "a"), "item_id": item} for n, item in enumerate(items)]
    peers = [{**judged(10 + n, 2, "b"), "item_id": item} for n, item in enumerate(reversed(items))]
    events = [*first_ones, order(name(1), "restrict", 1), *peers, order(name(1), "release", 2)]
    log = log_of(timed(events))
    whole = run(ItemStage(0, 1, Directory.of(settings_of(), KEY)), log)
    for batches in (range(len(log)), (2, 5, 9)):
        cut = run(ItemStage(0, 1, Directory.of(settings_of(), KEY), cached_items=0), log, batches=batches)
        assert outcomes(cut.messages) == outcomes(whole.messages)
    released = [row for row in outcomes(whole.messages)[0] if row[0] == len(log) - 1]
    assert len(released) == len(items), "all four answers have a peer now"
