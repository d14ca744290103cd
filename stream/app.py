"""The worker's composition root: settings in, a running stream processor out. It alone puts these parts together."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
from collections.abc import Callable, Mapping

from stream.errors import RaterwatchError, SettingsError
from stream.intake.contracts import agreed
from stream.intake.control import ControlKey
from stream.intake.directory import Directory
from stream.intake.queues_file import load_settings
from stream.policy.declared import DeclaredPolicy
from stream.policy.policy_file import check_queues, load_policy
from stream.quality.schema import SCHEMA_VERSION
from stream.settings import Settings
from stream.stages.items_stage import ItemStage
from stream.stages.policies import Policies
from stream.stages.port import Stage
from stream.stages.raters_stage import RatersStage
from stream.stages.warm import compile_kernels
from stream.state.connect import open_store
from stream.state.guard import check_servers
from stream.state.memory_watch import watch_memory
from stream.telemetry.contracts import Terms
from stream.telemetry.telemetry import Telemetry
from stream.transport.births import KafkaBirths
from stream.transport.claim import Surroundings
from stream.transport.faults import no_fault, self_inflicted
from stream.transport.faust_consumer import LogSettings
from stream.transport.faust_log import FaustLog
from stream.transport.kafka_identities import KafkaIdentities
from stream.transport.limits import RunnerLimits, patient
from stream.transport.port import Partition
from stream.transport.producer import KafkaProducer
from stream.transport.runner import ShardRunner
from stream.transport.serve import serve
from stream.transport.shards import Shards
from stream.transport.telling import TellingObserver
from stream.transport.topics import REJECTED, TopicFacts, look_up, retention_seconds
from stream.transport.watchdog import Watchdog

_log = logging.getLogger(__name__)
_COLLECT_AFTER = (50_000, 50, 100)  # allocations: batches make many short-lived objects, measured +18 to 33 %

StageOf = Callable[[Partition], Stage]
StageFactory = Callable[[Settings, Mapping[str, TopicFacts]], StageOf]  # called in a thread, before joining the group


async def run_worker(
    settings: Settings, limits: RunnerLimits | None = None, stages: StageFactory | None = None
) -> None:
    """Runs until SIGTERM or SIGINT, then commits what is applied and leaves the group. `stages` replaces the product's.

    Raises SettingsError before it joins the group when something is missing, and anything nobody foresaw later on.
    """
    limits = limits or RunnerLimits()
    connection = settings.kafka_connection
    topics = (settings.judgments, settings.outcomes)
    facts = await asyncio.to_thread(look_up, connection, topics)
    if absent := [topic for topic in topics if topic not in facts]:
        raise SettingsError(f"Kafka has no topic {absent[0]}: run `raterwatch topics` first")
    stage_of = await asyncio.to_thread(stages or _quality_stages, settings, facts)
    gc.set_threshold(*_COLLECT_AFTER)
    store = open_store(settings.redis_access)
    producer = KafkaProducer(connection)
    log = FaustLog(
        connection, LogSettings(settings.group, topics, gathered=topics[:1], session_timeout_s=settings.session_seconds)
    )
    identities = KafkaIdentities(connection, topics, schema=SCHEMA_VERSION)
    fault = os.environ.get("RATERWATCH_FAULT")
    world = Surroundings(
        store,
        log,
        producer,
        KafkaBirths(connection, producer),
        identities,
        self_inflicted(fault) if fault else no_fault,
        allow_full_replay=settings.allow_full_replay,
    )
    telemetry = Telemetry(settings)
    await asyncio.to_thread(_tell_surroundings, settings, telemetry)
    observer = TellingObserver(telemetry.observer)

    def make_runner(partition: Partition) -> ShardRunner:
        def stage() -> Stage:
            made = stage_of(partition)
            telemetry.attach_stage(str(partition), made)
            return made

        own = patient(limits) if partition.topic == settings.outcomes else limits
        return ShardRunner(partition, stage, world, observer, own, rejected_topic=REJECTED)

    try:
        await check_servers(store)
        shards = Shards(make_runner, identities, limits)
        await telemetry.serve(shards)
        watchdog = Watchdog(log, shards, observer, limits, _give_up)
        async with _background(watchdog.run()), _background(watch_memory(store, telemetry.tell_memory)):
            await serve(log, shards, _stop_asked())
    finally:
        await producer.stop()
        await telemetry.stop()
        await store.close()


def _tell_surroundings(settings: Settings, telemetry: Telemetry) -> None:
    """What alert rules compare with and what does not change while the worker runs."""
    telemetry.tell_policy(declared_policy(settings).digest)
    if settings.queues is not None:
        telemetry.tell_contracts(Terms(*terms) for terms in agreed(load_settings(settings.queues)))
    try:
        kept = retention_seconds(settings.kafka_connection, (settings.judgments, settings.outcomes))
    except RaterwatchError as error:
        _log.warning("the retention of the topics is unknown, so nobody is told when it runs out: %s", error)
        return
    for topic, seconds in kept.items():
        telemetry.tell_retention(topic, seconds)


def _quality_stages(settings: Settings, facts: Mapping[str, TopicFacts]) -> StageOf:
    key = ControlKey.load(str(settings.control_key_file)) if settings.control_key_file else None
    sources, destinations = facts[settings.judgments].partitions, facts[settings.outcomes].partitions
    declared = declared_policy(settings)
    policies = Policies.of(declared)
    compile_kernels()

    def make(partition: Partition) -> Stage:
        if partition.topic == settings.judgments:
            return ItemStage(
                partition.number,
                destinations,
                Directory(key),
                partitions=sources,
                own_topic=settings.judgments,
                topic=settings.outcomes,
                horizon_days=settings.horizon_days,
                kept_limit=settings.kept_items,
                cached_items=settings.cached_items // sources,
            )
        return RatersStage(
            partition.number,
            sources,
            topic=settings.findings,
            source_topic=settings.judgments,
            knowledge_key=key,
            policies=policies,
            cached_raters=settings.cached_raters // destinations,
        )

    return make


def declared_policy(settings: Settings) -> DeclaredPolicy:
    """What the policy file says; raises SettingsError for a queue that the queues file, where there is one, lacks."""
    if settings.policy_file is None:
        return DeclaredPolicy()
    declared = load_policy(settings.policy_file)
    if settings.queues is not None:
        check_queues(declared, load_settings(settings.queues).queues, str(settings.policy_file))
    return declared


def _stop_asked() -> asyncio.Event:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    return asked


def _give_up(why: str) -> None:
    """A worker that stands still is better started again; nothing is lost by an abrupt end."""
    _log.critical("giving up: %s", why)
    os._exit(70)


@contextlib.asynccontextmanager
async def _background(work):  # type: ignore[no-untyped-def]
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
