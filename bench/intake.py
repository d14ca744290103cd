"""What the intake costs: judgments a second of one core, sent in batches with raw ids by a few clients at once."""

import asyncio
import json
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

from bench.load import LABELS, QUEUE, Load, records
from stack.local import LocalStack
from stream.transport.connection import KafkaConnection
from stream.transport.topics import declared_topics, ensure_topics
from tests.intake_process import IntakeProcess, Nursery

BATCH = 500
CLIENTS = 4
VENDOR = "north"
_RIGHTS = (
    f'vendor = "{VENDOR}"\nqueues = ["{QUEUE}"]\nknown_answers = true\nrecords_per_second = 1000000\n'
    "burst_records = 10000000\n"
)
_QUEUES = f"[queues.{QUEUE}]\nlabels = {json.dumps(LABELS)}\n[vendors.{VENDOR}]\n"


def intake_cost(judgments: int, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Judgments per CPU-second of the intake's process, Kafka's acknowledgement included."""
    say(f"{judgments:,} judgments over HTTP in batches of {BATCH}")
    with LocalStack(folder / "stack", redis=False) as stack, Nursery(folder) as nursery:
        ensure_topics(
            KafkaConnection((stack.kafka.bootstrap,)),
            declared_topics(judgments_partitions=4, outcomes_partitions=4),
            replication=1,
        )
        intake = IntakeProcess(nursery, folder / "intake", stack.kafka.bootstrap, _QUEUES, rights=_RIGHTS)
        intake.start()
        try:
            intake.wait_until_ready()
            bodies = _bodies(judgments)
            asyncio.run(_send(intake, bodies[: CLIENTS * 2]))  # connections and caches fill
            cpu, began = intake.cpu_seconds(), time.monotonic()
            latencies = asyncio.run(_send(intake, bodies[CLIENTS * 2 :]))
            spent, took = intake.cpu_seconds() - cpu, time.monotonic() - began
        finally:
            intake.stop()
    sent = len(latencies) * BATCH
    latencies.sort()
    return {
        "judgments": sent,
        "batch": BATCH,
        "judgments_per_intake_cpu_second": round(sent / spent),
        "judgments_per_second": round(sent / took),
        "p50_batch_seconds": round(latencies[len(latencies) // 2], 4),
        "p99_batch_seconds": round(latencies[len(latencies) * 99 // 100], 4),
    }


def _bodies(judgments: int) -> list[bytes]:
    load = Load(judgments, corrections=0.0)
    start_ms = time.time_ns() // 1_000_000 - judgments
    values = (value for _, value in records(load, start_ms))
    own = (value.replace(b'"vendor":"south"', b'"vendor":"north"') for value in values)
    lines = (value.replace(b'"vendor":"east"', b'"vendor":"north"') for value in own)
    bodies = []
    while batch := list(islice(lines, BATCH)):
        bodies.append(b"\n".join(batch))
    return [body for body in bodies if body.count(b"\n") == BATCH - 1]


async def _send(intake: IntakeProcess, bodies: list[bytes]) -> list[float]:
    waiting, latencies = list(reversed(bodies)), []
    headers = intake.headers | {"Content-Type": "application/x-ndjson"}

    async def send_some() -> None:
        async with httpx.AsyncClient(timeout=30) as client:
            while waiting:
                began = time.perf_counter()
                answer = await client.post(f"{intake.url}/v1/judgments", content=waiting.pop(), headers=headers)
                assert answer.status_code == 200, answer.text
                latencies.append(time.perf_counter() - began)

    await asyncio.gather(*(send_some() for _ in range(CLIENTS)))
    return latencies
