"""Every inner part of Faust and aiokafka that the transport leans on. A failure here means: an upgrade moved it, read
stream/transport/faust_consumer.py and faust_log.py before trusting the new version.
"""

import asyncio
import inspect
import ssl
from importlib.metadata import version
from types import SimpleNamespace

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.structs import TopicPartition
from faust.app.base import App
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from stream.transport.connection import KafkaConnection
from stream.transport.faust_consumer import LogSettings, WorkerApp, WorkerConsumer, WorkerThread, position_of
from stream.transport.memory_log import MemoryRecord
from stream.transport.port import Batch, Partition

PLACE = Partition("judgments", 0)


class Handler:
    def __init__(self) -> None:
        self.asked: list[frozenset[Partition]] = []
        self.full: set[Partition] = set()

    async def assigned(self, partitions):
        self.asked.append(partitions)
        return dict.fromkeys(partitions, 42)

    def room(self, partition):
        return partition not in self.full


@pytest.fixture
async def app():
    settings = LogSettings("g", ("judgments", "outcomes"), gathered=("judgments",))
    app = WorkerApp(KafkaConnection(("127.0.0.1:1",)), settings, Handler())
    thread_loop = app.consumer._thread.thread_loop
    yield app
    thread_loop.close()


@pytest.fixture
async def consumer(app, monkeypatch):
    consumer = app.consumer
    monkeypatch.setattr(consumer, "assignment", lambda: {TP("judgments", 0), TP("outcomes", 1)})
    return consumer


def test_the_versions_are_the_ones_that_were_read():
    assert (version("faust-streaming"), version("aiokafka")) == ("0.15.3", "0.14.0")


async def test_the_app_makes_our_consumer_in_our_thread(consumer):
    assert isinstance(consumer, WorkerConsumer)
    assert isinstance(consumer._thread, WorkerThread)


async def test_the_apps_settings_are_the_safe_ones(app):
    assert not app.conf.topic_allow_declare
    assert not app.conf.stream_wait_empty
    assert not app.conf.web_enabled
    assert app.conf.topic_disable_leader
    assert app.conf.consumer_group_instance_id is None  # an empty string would make all workers one member
    assert app.conf.consumer_auto_offset_reset == "none"
    assert app.conf.processing_guarantee.value == "at_least_once"
    assert not app.topics.acks_enabled_for("judgments")
    started = list(app.boot_strategy.server())
    assert app.producer not in started
    assert app.consumer in started


async def test_login_and_tls_reach_the_client():
    context = ssl.create_default_context()
    connection = KafkaConnection(("k:1",), context, "SCRAM-SHA-512", "user", "secret")
    app = WorkerApp(connection, LogSettings("g", ("judgments",)), Handler())
    assert driver.credentials_to_aiokafka_auth(app.conf.broker_credentials) == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "user",
        "sasl_plain_password": "secret",
        "ssl_context": context,
    }


async def test_the_client_reads_committed_records(app, consumer):
    client = consumer._thread._create_worker_consumer(app.transport)
    assert client._isolation_level == "read_committed"
    # It is set after construction: the fetcher, which is given it, is made when the client starts.
    assert not hasattr(client, "_fetcher") or client._fetcher is None
    starting = inspect.getsource(AIOKafkaConsumer.start)
    await client.stop()
    assert "self._isolation_level" in starting
    assert "self._fetcher = Fetcher(" in starting


def test_the_fetcher_decides_anew_before_each_fetch_and_sends_what_it_decided():
    routine = inspect.getsource(Fetcher._fetch_requests_routine)
    assert "self._get_actions_per_node(assignment)" in routine
    assert "self._proc_fetch_request(assignment, node_id, request)" in routine
    assert "timeout=timeout" in routine
    assert "await self._consumer.start()" in inspect.getsource(driver.AIOKafkaConsumerThread.on_start)


async def test_after_an_assignment_the_shards_are_asked_where_to_read(consumer):
    await consumer.perform_seek()
    assert consumer._handler.asked == [frozenset({PLACE, Partition("outcomes", 1)})]
    assert "consumer.perform_seek()" in inspect.getsource(Recovery._resume_streams)


async def test_a_fetch_becomes_one_message(consumer, monkeypatch):
    record = SimpleNamespace(
        topic="judgments", partition=0, offset=9, timestamp=1000, timestamp_type=1, headers=(), key=b"k", value=b"v",
        checksum=None, serialized_key_size=1, serialized_value_size=1,
    )  # fmt: skip
    batches = [Batch(PLACE, 7, [record], 12), Batch(Partition("outcomes", 1), 3, [record], 4)]

    async def fetched(active_partitions, timeout):  # noqa: ASYNC109 (Faust's signature)
        return {TopicPartition("judgments", 0): batches[0], TopicPartition("outcomes", 1): batches[1]}

    consumer._active_partitions = {TP("judgments", 0)}
    monkeypatch.setattr(consumer, "_getmany", fetched)
    [(tp, message)] = [pair async for pair in consumer.getmany(timeout=1.0)]
    assert (tp, message.offset, message.value) == (TP("judgments", 0), 9, batches)
    assert "self.getmany" in inspect.getsource(Consumer._drain_messages)


async def test_a_fetch_asks_only_for_partitions_with_room(consumer, monkeypatch):
    asked = []

    async def fetch(partitions, wait_s):
        asked.append((partitions, wait_s))
        return {}

    monkeypatch.setattr(consumer._thread, "fetch", fetch)
    consumer._thread.thread_loop = asyncio.get_running_loop()
    both = {TP("judgments", 0), TP("outcomes", 1)}
    await consumer._getmany(both, 1.0)
    consumer._handler.full = {PLACE}
    await consumer._getmany(both, 1.0)
    consumer._handler.full = {PLACE, Partition("outcomes", 1)}
    assert await consumer._getmany(both, 1.0) == {}
    assert asked == [(both, 1.0), ({TP("outcomes", 1)}, 0.02)]
    assert list(inspect.signature(Consumer._getmany).parameters) == ["self", "active_partitions", "timeout"]


async def test_faust_remembers_no_offset_that_would_make_it_drop_an_event(consumer):
    consumer._read_offset[TP("judgments", 0)] = 99
    consumer._read_offset.update({TP("judgments", 0): 99})
    assert consumer._read_offset[TP("judgments", 0)] is None
    draining = inspect.getsource(Consumer._drain_messages)
    assert "self._read_offset.__getitem__" in draining
    assert "r_offset is None or offset >= r_offset" in draining


def test_a_revocation_is_told_before_the_group_is_joined_again():
    revoking = inspect.getsource(App._on_partitions_revoked)
    assert "await T(self.on_partitions_revoked.send)(revoked)" in revoking
    joining = inspect.getsource(GroupCoordinator.ensure_active_group)
    assert joining.index("_on_join_prepare(") < joining.index("_do_rejoin_group(")
    # Heartbeats go on while the shards commit what they have applied.
    assert joining.index("_on_join_prepare(") < joining.index("_stop_heartbeat_task(")


def test_reading_what_is_there_never_waits():
    """The positions before and after belong to the records only because nothing else runs in between."""
    fetcher = object.__new__(Fetcher)
    fetcher._subscriptions = SimpleNamespace(reassignment_in_progress=False)
    fetcher._records = {}
    with pytest.raises(StopIteration) as ended:
        fetcher.fetched_records({TopicPartition("judgments", 0)}, timeout=0, max_records=10).send(None)
    assert ended.value.value == {}


async def test_positions_are_read_where_aiokafka_keeps_them():
    subscriptions = SubscriptionState()
    client = SimpleNamespace(_subscription=subscriptions)
    place = TopicPartition("judgments", 0)
    assert position_of(client, place) is None
    subscriptions.subscribe({"judgments"})
    assert position_of(client, place) is None
    subscriptions.assign_from_subscribed([place])
    assert position_of(client, place) is None
    subscriptions.seek(place, 17)
    assert position_of(client, place) == 17
    assert position_of(client, TopicPartition("judgments", 1)) is None


def test_the_parts_of_the_group_coordinator_that_prove_ownership_are_there():
    assert "return True" in inspect.getsource(GroupCoordinator._do_heartbeat)
    made = inspect.getsource(GroupCoordinator.__init__)
    assert "self._rejoin_needed_fut" in made
    assert "self.generation" in inspect.getsource(GroupCoordinator)
    assert "self._coordinator" in inspect.getsource(AIOKafkaConsumer.start)
    # A heartbeat during a rebalance is answered True and asks for a rejoin: both must be looked at.
    assert "self.request_rejoin()" in inspect.getsource(GroupCoordinator._do_heartbeat)


def test_a_waiting_fetch_is_woken_by_new_records():
    assert "self._fetch_waiters" in inspect.getsource(Fetcher._create_fetch_waiter)
    assert "for waiter in self._fetch_waiters" in inspect.getsource(Fetcher._fetch_requests_routine)


def test_a_record_of_the_memory_log_looks_like_one_of_kafka():
    assert {"offset", "timestamp", "key", "value", "headers"} <= set(MemoryRecord.__dataclass_fields__)
