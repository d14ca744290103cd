"""Throughput of a worker on a preloaded log, and its cost and latency at a steady pace."""

import asyncio
import time
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.deployment import Deployment
from bench.load import Load, records
from stack.local import LocalStack
from stream.transport.topics import JUDGMENTS, OUTCOMES

_SCRAPE_EVERY_S = 5.0
_POLL_S = 0.25


def throughput(load: Load, partitions: int, folder: Path) -> dict[str, Any]:
    """Judgments per worker-CPU-second and Redis CPU on a log that is full before the worker starts."""
    with LocalStack(folder / "stack") as stack:
        deployment = Deployment(stack, partitions, folder)
        deployment.prepare()
        deployment.produce(records(load, time.time_ns() // 1_000_000))
        deployment.start()
        try:
            return asyncio.run(_follow(deployment)) | {"partitions": partitions, "raters": load.raters}
        finally:
            deployment.stop()


async def _follow(deployment: Deployment) -> dict[str, Any]:
    ends = await end_offsets(deployment)
    while (await deployment.applied())[0] <= deployment.partitions:
        deployment.cpu_seconds()
        await asyncio.sleep(_POLL_S)
    begun, cpu, redis_cpu = (await deployment.applied())[0], deployment.cpu_seconds(), redis_seconds(deployment)
    started = scraped = time.monotonic()
    while await deployment.applied() < ends:
        if time.monotonic() - scraped > _SCRAPE_EVERY_S:
            await asyncio.to_thread(deployment.scrape)
            scraped = time.monotonic()
        await asyncio.sleep(_POLL_S)
        ends = (ends[0], (await end_offsets(deployment))[1])
    judgments = ends[0] - begun
    spent, redis_spent = deployment.cpu_seconds() - cpu, redis_seconds(deployment) - redis_cpu
    return {
        "judgments": judgments,
        "judgments_per_worker_cpu_second": round(judgments / spent),
        "worker_cpu_seconds": round(spent, 2),
        "redis_cpu_seconds_per_500k": round(redis_spent / judgments * 500_000, 2),
        "seconds": round(time.monotonic() - started, 1),
        "redis_bytes": sizes(deployment),
    }


async def end_offsets(deployment: Deployment) -> tuple[int, int]:
    """Ends of (judgments, outcomes), summed over partitions."""
    consumer = AIOKafkaConsumer(bootstrap_servers=deployment.stack.kafka.bootstrap)
    await consumer.start()
    try:
        sums = []
        for topic in (JUDGMENTS, OUTCOMES):
            ends = await consumer.end_offsets([TopicPartition(topic, p) for p in range(deployment.partitions)])
            sums.append(sum(ends.values()))
    finally:
        await consumer.stop()
    return sums[0], sums[1]


def redis_seconds(deployment: Deployment) -> float:
    """CPU seconds of the Redis server so far."""
    from redis import Redis

    info = Redis.from_url(deployment.stack.redis.url).info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def sizes(deployment: Deployment) -> dict[str, float]:
    """Mean bytes of a stored value by kind of row, and Redis's memory per value."""
    from redis import Redis

    client = Redis.from_url(deployment.stack.redis.url)
    found: dict[str, list[int]] = {}
    for key in client.scan_iter(count=1000):
        kind = key.decode().rpartition("}:")[2].partition(":")[0]
        if client.type(key) != b"hash":
            continue
        sample = [len(value) for _, (_, value) in zip(range(200), client.hscan_iter(key), strict=False)]
        found.setdefault(kind, []).extend(sample)
        found.setdefault(kind + "_memory", []).append(round((client.memory_usage(key, samples=50) or 0) / max(client.hlen(key), 1)))
    return {kind: round(sum(values) / len(values)) for kind, values in sorted(found.items()) if values}
