"""Throughput of a worker on a preloaded log, and its cost and latency at a steady pace."""

import asyncio
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from redis import Redis

from bench.load import PER_SECOND, SETTINGS, Load, records
from stack.local import LocalStack
from stream.demo.deployment import Deployment
from stream.demo.progress import end_offsets, stored_offsets
from stream.telemetry.quantiles import quantile
from stream.transport.producer import KafkaProducer

_SCRAPE_EVERY_S = 5.0
_POLL_S = 0.25
_END_TO_END = ("raterwatch_applied_latency_seconds", {"topic": "outcomes"})
Say = Callable[[str], None]


def prepared(stack: LocalStack, folder: Path, partitions: int) -> Deployment:
    """Topics made, the bench's queue declared, no worker yet."""
    deployment = Deployment(stack, folder, partitions=partitions)
    deployment.make_topics()
    deployment.publish(SETTINGS)
    return deployment


def throughput(load: Load, partitions: int, folder: Path, say: Say) -> dict[str, Any]:
    """Judgments per worker-CPU-second and Redis CPU on a log that is full before the worker starts."""
    say(f"{load.judgments:,} judgments, {load.raters:,} raters, {partitions} partitions")
    with LocalStack(folder / "stack") as stack:
        deployment = prepared(stack, folder, partitions)
        deployment.produce(records(load, _now_ms() - load.judgments * 1_000 // PER_SECOND))
        deployment.start_worker()
        try:
            return asyncio.run(_follow(deployment)) | {"partitions": partitions, "raters": load.raters}
        finally:
            deployment.stop()


async def _follow(deployment: Deployment) -> dict[str, Any]:
    settings = deployment.settings
    ends = await end_offsets(settings)
    while (await stored_offsets(settings))[0] <= settings.partitions:
        deployment.cpu_seconds()
        await asyncio.sleep(_POLL_S)
    begun, cpu, redis_cpu = (await stored_offsets(settings))[0], deployment.cpu_seconds(), _redis_seconds(deployment)
    started = scraped = time.monotonic()
    while await stored_offsets(settings) < ends:
        if time.monotonic() - scraped > _SCRAPE_EVERY_S:
            await asyncio.to_thread(deployment.scrape)
            scraped = time.monotonic()
        await asyncio.sleep(_POLL_S)
        ends = (ends[0], (await end_offsets(settings))[1])
    judgments = ends[0] - begun
    spent, redis_spent = deployment.cpu_seconds() - cpu, _redis_seconds(deployment) - redis_cpu
    return {
        "judgments": judgments,
        "judgments_per_worker_cpu_second": round(judgments / spent),
        "worker_cpu_seconds": round(spent, 2),
        "redis_cpu_seconds_per_500k": round(redis_spent / judgments * 500_000, 2),
        "seconds": round(time.monotonic() - started, 1),
        "redis_bytes": _sizes(deployment),
    }


def steady(load: Load, per_second: int, seconds: int, folder: Path, say: Say) -> dict[str, Any]:
    """Worker's share of a core, and arrival to metric-ready, at a steady pace."""
    say(f"{per_second:,} judgments a second for {seconds} s")
    with LocalStack(folder / "stack") as stack:
        deployment = prepared(stack, folder, 4)
        deployment.start_worker()
        try:
            deployment.wait_until_ready()
            feed = records(load, _now_ms())
            asyncio.run(_paced(deployment, feed, per_second, 5))  # the caches fill, the first rows are born
            cpu, started, before = deployment.cpu_seconds(), time.monotonic(), deployment.scrape()
            asyncio.run(_paced(deployment, feed, per_second, seconds))
            spent, took, text = deployment.cpu_seconds() - cpu, time.monotonic() - started, deployment.scrape()
        finally:
            deployment.stop()
    return {
        "judgments_per_second": per_second,
        "worker_share_of_a_core": round(spent / took, 3),
        "p50_seconds": _rounded(quantile(text, *_END_TO_END, 0.5, since=before)),
        "p99_seconds": _rounded(quantile(text, *_END_TO_END, 0.99, since=before)),
    }


async def _paced(deployment: Deployment, feed: Iterator[tuple[bytes, bytes]], per_second: int, seconds: int) -> None:
    producer = KafkaProducer(deployment.settings.kafka_connection)
    started, sent = time.monotonic(), 0
    while sent < per_second * seconds:
        due = min(int((time.monotonic() - started) * per_second), per_second * seconds)
        await deployment.send_with(producer, islice(feed, due - sent))
        sent = due
        await asyncio.sleep(0.01)
    await producer.stop()


def _redis_seconds(deployment: Deployment) -> float:
    info = Redis.from_url(deployment.stack.redis.url).info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def _sizes(deployment: Deployment) -> dict[str, float]:
    """Mean bytes of a stored value by kind of row, and Redis's memory per value."""
    client = Redis.from_url(deployment.stack.redis.url)
    found: dict[str, list[int]] = {}
    for key in client.scan_iter(count=1000, _type="hash"):
        kind = key.decode().rpartition("}:")[2].partition(":")[0]
        found.setdefault(kind, []).extend(len(value) for _, value in islice(client.hscan_iter(key), 200))
        memory = (client.memory_usage(key, samples=50) or 0) / max(client.hlen(key), 1)
        found.setdefault(f"{kind}_with_overhead", []).append(round(memory))
    return {kind: round(sum(values) / len(values)) for kind, values in sorted(found.items()) if values}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
