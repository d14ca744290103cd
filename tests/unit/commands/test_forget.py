import json
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from click.testing import CliRunner

from stream.commands import forget as forgetting
from stream.commands.case_holder import CasesInMemory, Hold
from stream.commands.forget import HELD, forget
from stream.commands.options import Servers
from stream.commands.privacy_log import held_orders, places_of, publish_order
from stream.commands.rater import rater
from stream.commands.restrict import restrict
from stream.commands.top import top
from stream.events import DAY_MS, Control
from stream.intake.control import verify
from stream.intake.privacy_order import order_about, read_order
from stream.intake.secret_file import write_secret
from stream.settings import Settings
from stream.transport.memory_log import MemoryLog, MemoryProducer
from stream.transport.port import Partition
from tests.filled_state import KEY, Crowd
from tests.unit.commands.conftest import kafka_is_away
from tests.unit.commands.running import Deployment

WHO = ("--by", "M. Okafor", "--reason", "asked for it")
KEPT_S = {"judgments": 30 * 86_400.0, "outcomes": 30 * 86_400.0, "findings": 90 * 86_400.0}


class Producer(MemoryProducer):
    async def stop(self):
        self.stopped = True


@pytest.fixture
def log(monkeypatch):
    log = MemoryLog({"judgments": 2})
    monkeypatch.setattr(forgetting, "KafkaProducer", lambda connection: Producer(log))
    monkeypatch.setattr(forgetting, "retention_seconds", lambda connection, names: KEPT_S)
    return log


@pytest.fixture
def cases():
    return CasesInMemory()


@pytest.fixture
def order(store, cases, tmp_path, log):
    write_secret(str(tmp_path / "control.key"), b"k" * 32, "control key")

    def run(command, *arguments, **options):
        servers = Servers(open_store=lambda access: store, broker_versions=kafka_is_away, cases=lambda: cases)
        given = [*map(str, arguments), "--control-key-file", str(tmp_path / "control.key")]
        return CliRunner().invoke(command, given, obj=servers, **options)

    return run


@pytest.fixture
def somebody(crowd):
    return crowd.truth[0].rater_id


def controls(log, partition):
    return [msgspec.json.decode(one.value, type=Control) for one in log.records(Partition("judgments", partition))]


def test_the_order_is_signed_names_a_hash_only_and_goes_into_every_partition(order, log, somebody):
    result = order(forget, somebody, *WHO, "--yes", "--wait", 0)
    assert result.exit_code == 0, result.exception
    assert "Not carried out yet in judgments:0, judgments:1" in " ".join(result.output.split())
    for partition in (0, 1):
        [control] = controls(log, partition)
        assert verify(KEY, control)
        told = read_order(control)
        assert (told.order, told.by, told.reason) == ("forget", "M. Okafor", "asked for it")
        assert somebody.encode() not in log.records(Partition("judgments", partition))[0].value


@pytest.mark.parametrize("why", ["case 17 is open until 3 May", "a legal hold of 2 April"])
def test_while_a_case_or_a_legal_hold_is_open_nothing_is_erased(order, log, cases, somebody, why):
    cases.holds[somebody] = Hold(why)
    result = order(forget, somebody, *WHO, "--yes")
    assert result.exit_code == HELD
    assert why in result.output
    assert controls(log, 0) == cases.erased == []


def test_it_asks_first_and_a_no_changes_nothing(order, log, somebody):
    assert order(forget, somebody, *WHO, input="n\n").exit_code == 1
    assert controls(log, 0) == []


def test_what_it_cannot_reach_is_told_with_dates(order, cases, somebody):
    cases.stays = ["the audit's rows stay, without what they said of the person"]
    told = json.loads(order(forget, somebody, *WHO, "--yes", "--wait", 0, "--json").stdout)
    until = {one["where"]: one["until_ms"] for one in told["remains"]}
    days = {where: round((ms - time.time_ns() / 1e6) / DAY_MS) for where, ms in until.items() if ms is not None}
    assert days == {"topic judgments": 30, "topic outcomes": 30, "topic findings": 90}
    assert until["topic judgments.rejected"] is None, "it has no retention here: for ever"
    assert {"backups of Redis", "Prometheus", "Redis"} <= until.keys()
    assert told["cases"] == cases.stays
    assert cases.erased == [{"rater_id": somebody, "by": "M. Okafor", "reason": "asked for it"}]


def test_a_raw_id_is_refused_and_not_repeated(order, log):
    result = order(forget, "jane.doe@example.org", *WHO, "--yes")
    assert result.exit_code == 1
    assert "no pseudonym" in str(result.exception)
    assert "jane" not in str(result.exception)
    assert controls(log, 0) == []


def test_restricting_and_releasing_are_orders_too(order, log, somebody):
    assert order(restrict, somebody, "on", *WHO).exit_code == 0
    assert order(restrict, somebody, "off", *WHO).exit_code == 0
    assert [read_order(control).order for control in controls(log, 1)] == ["restrict", "release"]


async def test_a_worker_carries_orders_out_and_the_commands_say_so():
    crowd, deployment, settings = Crowd(judgments=3_000, raters=16, seed=5), Deployment(), Settings(partitions=2)
    deployment.append(crowd)
    gone, contested = crowd.truth[0].rater_id, crowd.truth[1].rater_id
    async with deployment.working():
        await deployment.until(deployment.caught_up)
        held = await held_orders(deployment.store, settings, KEY, gone)
        assert (held.is_forgotten, held.restriction) == (False, None)
        assert await places_of(deployment.store, settings, gone)
        for rater_id, word in ((gone, "forget"), (contested, "restrict")):
            made = order_about(rater_id, word, "M. Okafor", "asked for it")
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("stream.commands.privacy_log.control_key", lambda settings: KEY)
                await publish_order(deployment.producer, settings, held, made)

        async def erased():
            told = await held_orders(deployment.store, settings, KEY, gone)
            return None not in told.forgotten_ms and not await places_of(deployment.store, settings, gone)

        await deployment.until(erased)
        assert (await held_orders(deployment.store, settings, KEY, contested)).restriction.by == "M. Okafor"
        assert await places_of(deployment.store, settings, contested)
    shown = look(deployment.store, rater, contested, "--prefix", "rw:")
    assert "is restricted" in shown.output
    listed = json.loads(look(deployment.store, top, "--json", "--limit", 1000).stdout)["raters"]
    assert {gone, contested}.isdisjoint(line["rater"] for line in listed)
    assert listed


def look(store, command, *arguments):
    servers = Servers(open_store=lambda access: store, broker_versions=kafka_is_away)
    with ThreadPoolExecutor() as pool:  # a command runs an event loop of its own
        return pool.submit(CliRunner().invoke, command, list(map(str, arguments)), obj=servers).result()
