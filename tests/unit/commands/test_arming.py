import asyncio
import json

import msgspec
import pytest

from stream.commands import arming as commands
from stream.commands.arming import arm, arming, disarm
from stream.commands.arming_log import check_room, held_arming, publish_orders
from stream.errors import InputError, SettingsError, StateError
from stream.events import Control
from stream.intake.control import ControlKey, verify
from stream.intake.directory import Directory, Fold
from stream.intake.secret_file import write_secret
from stream.policy.arming_book import ARMING_FIELD, ArmingBook
from stream.policy.arming_order import ARMING_SOURCE, ORDERS_MAX, ArmingOrder, ArmingPayload
from stream.policy.declared import DAY_MS, FLAGGING
from stream.settings import Settings
from stream.state.keys import QUEUES
from stream.state.memory_store import MemoryStore
from stream.state.port import Commit
from stream.transport.memory_log import MemoryLog, MemoryProducer
from stream.transport.port import Partition
from tests.filled_state import OWNER, START_MS

WHY = ("--by", "M. Okafor", "--reason", "looked through two weeks")
OLD = ArmingBook().with_seen(["sentiment", "spam", "topic"], FLAGGING, START_MS)


class Producer(MemoryProducer):
    async def stop(self):
        self.stopped = True


@pytest.fixture
def log(monkeypatch):
    log = MemoryLog({"judgments": 2})
    monkeypatch.setattr(commands, "KafkaProducer", lambda connection: Producer(log))
    return log


@pytest.fixture
def key_file(tmp_path):
    write_secret(str(tmp_path / "control.key"), b"k" * 32, "control key")
    return tmp_path / "control.key"


@pytest.fixture
def order(invoke, key_file):
    def run(command, *arguments, **options):
        return invoke(command, *arguments, *WHY, "--control-key-file", key_file, **options)

    return run


def controls(log, partition=0):
    return [msgspec.json.decode(one.value, type=Control) for one in log.records(Partition("judgments", partition))]


def orders(control):
    return msgspec.json.decode(control.payload, type=ArmingPayload).orders


def keep(store, *books):
    """Writes a book into each shard, as its worker will."""

    async def write():
        for number, book in enumerate(books):
            shard = f"judgments:{number}"
            head = await store.claim(shard, OWNER, {}, None)
            rows = {QUEUES: [(ARMING_FIELD, book.to_bytes())]}
            commit = Commit(OWNER, head.offset, head.offset + 1, b"arming", {}, rows, {}, [])
            assert await store.commit(shard, commit) is None

    asyncio.run(write())


def test_an_order_is_signed_and_written_to_every_partition(order, log, key_file):
    result = order(disarm, "--queue", "spam", "--detector", "copying", "--until", "7d", "--yes")
    assert result.exit_code == 0, result.output
    assert "In shadow: queue spam, detector copying. Written to 2 partitions" in result.output
    for partition in (0, 1):
        [control] = controls(log, partition)
        assert verify(ControlKey.load(str(key_file)), control)
        assert control.source == ARMING_SOURCE
        [one] = orders(control)
        assert (one.mode, one.queue, one.vendor, one.detector) == ("shadow", "spam", None, "copying")
        assert (one.by, one.reason) == ("M. Okafor", "looked through two weeks")
        assert 0 <= one.at_ms + 7 * DAY_MS - one.ends_ms < 60_000


def test_a_directory_takes_note_of_the_record_and_hands_it_to_the_stage(order, log, key_file):
    order(arm, "--all", "--yes")
    [control] = controls(log)
    directory = Directory(ControlKey.load(str(key_file)))
    assert directory.apply(control) is Fold.APPLIED
    assert directory.version(ARMING_SOURCE) == control.version


def test_a_record_carries_the_orders_that_any_shard_knows(order, log, store):
    first, second = disarm_of("spam", 1), disarm_of("topic", 2)
    keep(store, ArmingBook(orders=(first,)), ArmingBook(orders=(first, second)))
    order(arm, "--queue", "sentiment", "--yes")
    [control] = controls(log)
    assert [one.queue for one in orders(control)] == ["spam", "topic", "sentiment"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--queue", "spma"), "no open queue 'spma'; there are harm_level"),
        (("--vendor", "abla"), "vendor 'abla' works in none of"),
        (("--vendor", "abla", "--queue", "spam"), "works in none of spam; there are alba, borea"),
    ],
)
def test_a_misspelt_name_is_refused_before_anything_is_written(order, log, arguments, message):
    result = order(disarm, *arguments, "--yes")
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)
    assert controls(log) == []


@pytest.mark.parametrize("arguments", [(), ("--all", "--queue", "spam"), ("--detector", "fast"), ("--until", "0d")])
def test_an_order_must_say_what_it_is_about(order, log, arguments):
    assert order(arm, *arguments, "--yes").exit_code == 2
    assert controls(log) == []


@pytest.mark.parametrize("left_out", ["--by", "--reason"])
def test_an_order_needs_a_person_and_a_reason(invoke, log, left_out):
    given = {"--by": "M. Okafor", "--reason": "looked through"}
    del given[left_out]
    result = invoke(arm, "--all", "--yes", *(part for pair in given.items() for part in pair))
    assert result.exit_code == 2
    assert left_out in result.output
    assert invoke(arm, "--all", "--yes", "--by", "M", "--reason", "").exit_code == 2
    assert controls(log) == []


def test_without_a_key_nothing_is_asked_or_written(invoke, log):
    result = invoke(arm, "--all", "--yes", *WHY)
    assert isinstance(result.exception, SettingsError)
    assert "control key" in str(result.exception)


def test_nothing_is_written_without_consent(order, log):
    result = order(arm, "--all", input="n\n")
    assert "leads to cases and messages: the whole deployment" in result.output
    assert result.exit_code == 1
    assert controls(log) == []


def test_a_broad_arm_tells_which_disarms_it_leaves(order, log, store):
    keep(store, ArmingBook(orders=(disarm_of("spam", 1), disarm_of(None, 2))))
    result = order(arm, "--all", "--yes")
    assert "Stays in shadow: queue spam (pilot, A. Lee)" in result.output
    assert "deployment (pilot" not in result.output
    assert "Stays" not in order(arm, "--queue", "spam", "--yes").output
    assert "Stays" not in order(arm, "--queue", "topic", "--yes").output


def test_a_disarm_that_is_lifted_in_one_queue_only_still_stays(order, log, store):
    lifted = ArmingOrder(mode="armed", at_ms=2, by="A. Lee", reason="pilot", queue="topic", detector="copying")
    keep(store, *[ArmingBook(orders=(disarm_of(None, 1, detector="copying"), lifted))] * 2)
    assert "Stays in shadow: detector copying" in order(arm, "--all", "--yes").output
    assert "Stays" not in order(arm, "--queue", "topic", "--yes").output


def test_a_deployment_without_state_is_told_to_start_a_worker(order, log):
    result = order(arm, "--all", "--yes", store=MemoryStore())
    assert isinstance(result.exception, StateError)
    assert "start a worker" in str(result.exception)


def test_arming_shows_how_queues_stand_and_why(invoke, store):
    keep(store, *[OLD.with_orders(ArmingPayload(orders=(disarm_of("spam", START_MS + 1),)))] * 2)
    result = invoke(arming, "--history")
    assert result.exit_code == 0, result.output
    assert "pilot (A. Lee; queue spam)" in result.output
    assert "Orders in force" in result.output
    assert "disarmed" in result.output
    assert "lack an order" not in result.output
    assert "suspect" not in result.output


def test_an_order_that_gave_way_to_another_is_not_shown_as_in_force(invoke, store):
    answer = ArmingOrder(mode="armed", at_ms=START_MS + 2, by="M. Okafor", reason="pilot is over", queue="spam")
    keep(store, *[OLD.with_orders(ArmingPayload(orders=(disarm_of("spam", START_MS + 1), answer)))] * 2)
    shown = invoke(arming).output
    assert "pilot is over" in shown
    assert "A. Lee" not in shown
    assert "A. Lee" in invoke(arming, "--history").output


def test_arming_as_json_says_for_each_queue_and_detector_what_holds(invoke, store):
    copying = disarm_of(None, START_MS + 1, detector="copying", vendor="alba")
    keep(store, OLD.with_orders(ArmingPayload(orders=(copying,))), OLD)
    found = json.loads(invoke(arming, "--json", "--vendor", "alba").output)
    stands = {(one["queue"], one["detector"]): (one["mode"], one["why"]) for one in found["standing"]}
    assert stands["spam", "changed"] == ("armed", "settled")
    assert stands["spam", "copying"] == ("shadow", "ordered")
    assert stands["violence", "changed"] == ("shadow", "new")
    assert found["partitions_behind"] == [1]
    assert [entry["what"] for entry in found["history"]] == ["disarmed"]
    others = json.loads(invoke(arming, "--json", "--vendor", "borea", "--detector", "copying").output)
    assert {(one["mode"], one["why"]) for one in others["standing"] if one["queue"] == "spam"} == {("armed", "settled")}


def test_arming_leaves_out_detectors_that_the_policy_turns_off(invoke, store, tmp_path):
    (tmp_path / "policy.toml").write_text("[queues.spam.detectors.copying]\non = false")
    found = json.loads(invoke(arming, "--json", "--policy", tmp_path / "policy.toml").output)
    assert {one["queue"] for one in found["standing"] if one["detector"] == "copying"} >= {"topic"}
    assert not [one for one in found["standing"] if (one["queue"], one["detector"]) == ("spam", "copying")]


@pytest.mark.parametrize("times", [(5, 9), (9, 5)])
def test_what_any_shard_saw_first_counts(store, times):
    keep(store, *(ArmingBook().with_seen(["spam"], ["changed"], at_ms) for at_ms in times))
    book = asyncio.run(held_arming(store, Settings(), 2)).book
    assert (book.deployment_ms, book.queues, book.detectors) == (5, {"spam": 5}, {"changed": 5})


async def test_a_version_is_above_all_that_the_shards_know(store, key_file):
    log = MemoryLog({"judgments": 2})
    held = await held_arming(store, Settings(), 2)
    ahead = held.__class__(2, 2**60, held.orders, held.book, held.behind, held.vendors_of)
    version = await publish_orders(MemoryProducer(log), Settings(control_key_file=key_file), ahead)
    assert version == 2**60 + 1
    assert [control.version for control in controls(log)] == [version]


async def test_more_lasting_orders_than_a_record_takes_are_refused(store):
    many = tuple(disarm_of(f"q{number}", 1) for number in range(ORDERS_MAX))
    held = await held_arming(store, Settings(), 2)
    full = held.__class__(2, 1, many, held.book, held.behind, held.vendors_of)
    check_room(disarm_of("q0", 2), full)
    with pytest.raises(InputError, match="orders have no end"):
        check_room(disarm_of("spam", 2), full)


def test_a_record_with_all_orders_stays_below_kafkas_usual_limit():
    longest = ArmingOrder(
        mode="armed", at_ms=2**40, by="b" * 128, reason="r" * 300, queue="q" * 128, vendor="v" * 128,
        detector="d" * 64, ends_ms=2**41,
    )  # fmt: skip
    assert ORDERS_MAX * len(msgspec.json.encode(longest)) < 900_000


def disarm_of(queue, at_ms, **scope):
    return ArmingOrder(mode="shadow", at_ms=at_ms, by="A. Lee", reason="pilot", queue=queue, **scope)
