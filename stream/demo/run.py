"""The demo: a whole deployment, a crowd, and what the product says about it."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import msgspec

from stack.local import LocalStack
from stack.ports import Ports
from stack.prometheus import Scraping
from stream.commands.ranking import Filters, Ranking, rank
from stream.demo.account import expected_columns, settle, stored_columns
from stream.demo.alerting import DEMO_PACE, write_alert_files
from stream.demo.crowd import Crowd
from stream.demo.deployment import Deployment
from stream.demo.desk import Desk
from stream.demo.progress import caught_up
from stream.demo.recorder import Recorder
from stream.demo.sending import send
from stream.demo.verdict import compare
from stream.errors import Unavailable
from stream.events import Event, Finding, Judgment
from stream.state.connect import open_store
from stream.state.keys import FINDINGS
from stream.telemetry.quantiles import quantile

_POLL_S = 0.1
_PATIENCE_S = 300.0
Say = Callable[[str], None]


@contextmanager
def deployed(folder: Path, crowd: Crowd, say: Say, *, with_desk: bool) -> Iterator[Deployment]:
    """Stack, topics, settings, worker, alerts and, if asked for, the case desk; all of it is stopped at the end, and
    nothing else is.
    """
    say("Starting Kafka, Redis, Prometheus and Alertmanager")
    with Ports() as ports, Recorder(ports.take(), folder / "messages.jsonl") as recorder:
        desk = Desk(folder / "escalation", ports.take()) if with_desk else None
        files = write_alert_files(folder / "alerts", recorder.url, desk=desk.address if desk else None)
        with (
            LocalStack(
                folder / "stack",
                prometheus=True,
                alertmanager=True,
                scraping=Scraping(rule_files=files.rules, interval_s=DEMO_PACE.evaluate),
                alertmanager_config=files.alertmanager,
            ) as stack,
            _working(Deployment(stack, folder, recorder=recorder, desk=desk), crowd, say) as deployment,
        ):
            if desk is None:
                yield deployment
                return
            say("Starting the case desk")
            vendors = {event.vendor for event in crowd.events if isinstance(event, Judgment)}
            policy = _policy_of(deployment)
            with desk.at_work(stack, recorder, policy=policy, vendors=vendors, token_file=files.desk_token):
                yield deployment


@contextmanager
def _working(deployment: Deployment, crowd: Crowd, say: Say) -> Iterator[Deployment]:
    stack = deployment.stack
    stack.prometheus.set_targets([f"127.0.0.1:{deployment.settings.metrics_port}"])
    say("Making topics and publishing the queues")
    deployment.make_topics()
    deployment.publish(crowd.settings)
    say("Starting the worker (the first time it compiles its kernels: one or two minutes)")
    # Two weeks of shadow are for real people; a newcomer wants to see messages today.
    policy = _policy_of(deployment)
    policy.write_text("[shadow]\ndays = 0.0\n")
    deployment.start_worker(policy_file=str(policy))
    try:
        deployment.wait_until_ready()
        yield deployment
    finally:
        deployment.stop()


def _policy_of(deployment: Deployment) -> Path:
    return deployment.folder / "policy.toml"


def run_once(
    deployment: Deployment, crowd: Crowd, per_second: float, say: Say, progress: Callable[[int], None]
) -> dict[str, object]:
    """Sends all, waits until all is applied, and answers the account of it."""
    started, cpu = time.monotonic(), deployment.cpu_seconds()
    sent: list[Event] = []
    asyncio.run(send(crowd.events, deployment.settings, per_second=per_second, progress=progress, keep=sent))
    say("Waiting until everything is applied")
    _wait_until_applied(deployment)
    seconds, spent = time.monotonic() - started, deployment.cpu_seconds() - cpu
    text = deployment.scrape()
    found = asyncio.run(stored_columns(deployment.settings))
    say("Comparing with the same engine run without Kafka and Redis")
    account = settle(expected_columns(sent, crowd.settings, deployment.settings.partitions), found)
    flagged = [(finding.rater_id or "", finding.queue) for finding in asyncio.run(open_findings(deployment))]
    end_to_end = ("raterwatch_applied_latency_seconds", {"topic": "outcomes"})
    return {
        "produced": len(sent),
        "applied": sum(sum(row[:3]) for row in found.values()),
        "lost": account.lost,
        "counted_twice": account.counted_twice,
        "differing_rows": account.differing_rows,
        "rejected": _rejected(text),
        **asdict(compare(flagged, crowd.truth)),
        "p50_latency_seconds": _rounded(quantile(text, *end_to_end, 0.5)),
        "p99_latency_seconds": _rounded(quantile(text, *end_to_end, 0.99)),
        "judgments_per_worker_cpu_second": round(len(sent) / max(spent, 0.01)),
        "seconds": round(seconds, 2),
    }


async def ranking(deployment: Deployment, lines: int) -> Ranking:
    """Who needs review, as `raterwatch top` shows it."""
    store = open_store(deployment.settings.redis_access)
    try:
        return await rank(store, deployment.settings, Filters(), limit=lines)
    finally:
        await store.close()


async def open_findings(deployment: Deployment) -> list[Finding]:
    """All open findings."""
    store = open_store(deployment.settings.redis_access)
    try:
        rows = [
            await store.scan(f"{deployment.settings.outcomes}:{n}", FINDINGS)
            for n in range(deployment.settings.partitions)
        ]
    finally:
        await store.close()
    return [msgspec.msgpack.decode(data, type=Finding) for row in rows for data in row.values()]


def _wait_until_applied(deployment: Deployment) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not asyncio.run(caught_up(deployment.settings)):
        if time.monotonic() > deadline:
            raise Unavailable(f"not everything was applied within {_PATIENCE_S:.0f} s:\n{deployment.log_tail()}")
        deployment.check_alive()
        time.sleep(_POLL_S)


def _rejected(text: str) -> int:
    lines = [line for line in text.splitlines() if line.startswith("raterwatch_rejects_total{")]
    return int(sum(float(line.rpartition(" ")[2]) for line in lines))


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)
