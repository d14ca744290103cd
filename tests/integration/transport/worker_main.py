"""A worker process for the tests: the counting stages on the real transport. Settings come as JSON in argv[1]."""

import asyncio
import gc
import json
import logging
import os
import signal
import sys
import time

import uvloop

from stream.stages.port import Effects, Stage
from stream.state.access import RedisAccess
from stream.state.connect import open_store
from stream.state.port import Refusal
from stream.transport.births import KafkaBirths
from stream.transport.claim import Surroundings
from stream.transport.connection import KafkaConnection
from stream.transport.faults import no_fault, self_inflicted
from stream.transport.faust_consumer import LogSettings
from stream.transport.faust_log import FaustLog
from stream.transport.kafka_identities import KafkaIdentities
from stream.transport.limits import RunnerLimits
from stream.transport.observer import SilentObserver
from stream.transport.port import Partition
from stream.transport.producer import KafkaProducer
from stream.transport.runner import ShardRunner
from stream.transport.serve import serve
from stream.transport.shards import Shards
from tests.integration.transport.counting_stage import CountingItems, CountingRaters


class Telling(SilentObserver):
    """Writes what happens to stdout, a line each, for the test to read."""

    def __init__(self) -> None:
        self.waits_ms: list[int] = []

    def applied(self, shard: str, effects: Effects, now_ms: int) -> None:
        if shard.startswith("outcomes"):
            self.waits_ms.extend(now_ms - arrived for arrived in effects.arrived_ms)

    def claimed(self, shard: str, offset: int, seconds: float) -> None:
        tell("claimed", shard, offset, f"{seconds:.3f}")

    def refused(self, shard: str, refusal: Refusal) -> None:
        tell("refused", shard, refusal)

    def rewound(self, shard: str, records: int) -> None:
        tell("rewound", shard, records)

    def halted(self, shard: str, reason: str, remedy: str) -> None:
        tell("halted", shard, reason)

    def unavailable(self, shard: str, what: str, error: str, seconds: float) -> None:
        tell("unavailable", shard, what, error)


def tell(*words: object) -> None:
    print(f"{time.time():.3f}", *words, flush=True)  # noqa: T201 (the test reads it)


async def main(settings: dict[str, object]) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.WARNING)
    gc.set_threshold(50_000, 50, 100)
    topics = {"judgments": int(settings["judgments"]), "outcomes": int(settings["outcomes"])}
    connection = KafkaConnection((str(settings["kafka"]),))
    limits = RunnerLimits(**settings.get("limits", {}))
    producer = KafkaProducer(connection)
    log = FaustLog(connection, LogSettings("raters", tuple(topics), **settings.get("log", {})))
    store = open_store(RedisAccess(str(settings["redis"])))
    identities = KafkaIdentities(connection, tuple(topics), schema=1)
    fault = os.environ.get("RATERWATCH_FAULT")
    world = Surroundings(
        store,
        log,
        producer,
        KafkaBirths(connection, producer),
        identities,
        self_inflicted(fault) if fault else no_fault,
        allow_full_replay=bool(settings.get("allow_full_replay")),
    )
    observer = Telling()

    def stage(partition: Partition) -> Stage:
        if partition.topic == "judgments":
            return CountingItems(partition.number, topics["outcomes"], cache=int(settings.get("cache", 5_000)))
        return CountingRaters(partition.number, cache=int(settings.get("cache", 5_000)))

    def runner(partition: Partition) -> ShardRunner:
        return ShardRunner(
            partition, lambda: stage(partition), world, observer, limits, rejected_topic="judgments.rejected"
        )

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: report(observer))
    tell("started")
    try:
        await serve(log, Shards(runner, identities, limits), stopping)
    finally:
        await producer.stop()
        await store.close()
    report(observer)
    tell("ended")


def report(observer: Telling) -> None:
    waits = sorted(observer.waits_ms)
    observer.waits_ms = []
    usage = time.process_time()
    if waits:
        tell("latency", waits[len(waits) // 2], waits[int(len(waits) * 0.99)], waits[-1], len(waits), f"{usage:.3f}")
    else:
        tell("latency", 0, 0, 0, 0, f"{usage:.3f}")


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
