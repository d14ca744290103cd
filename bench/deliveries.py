"""A thousand webhooks, a receiver that is down for a day by the sender's clock, and a sender killed ten times."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from alerts.escalation.deliver.retry import PAUSES_MS
from alerts.escalation.store.audit import verify
from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import DeliveryRow
from alerts.escalation.work.sending import queue_delivery
from tests.webhook_receiver import SECRET, receiving

LEASE_MS = 2_000
_ATTEMPTS = len(PAUSES_MS) + 1  # the last attempt of the day is the first that arrives
_SLACK_MS = 10_000  # what a round takes by the real clock, so that all are due in the next
_AT_ONCE = 100


def deliveries(messages: int, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Every message must arrive at least once, under the id that it was queued with."""
    return asyncio.run(_deliveries(messages, folder, say))


async def _deliveries(messages: int, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    now_ms = time.time_ns() // 1_000_000
    async with receiving() as receiver:
        receiver.any_time, receiver.status = True, 503
        settings = _deployment(folder, receiver.url)
        store = Store.open(f"sqlite:///{folder / 'cases.db'}")
        with store.writing() as session:
            rows = [
                queue_delivery(
                    session, "webhook", receiver.url, "reminder", {"type": "case.reminder"}, now_ms, vendor="v"
                )
                for _ in range(messages)
            ]
            ids = {row.id for row in rows}
        kills, ahead_ms, began = 0, 0, time.monotonic()
        for attempt in range(_ATTEMPTS):
            say(f"attempt {attempt + 1} of {_ATTEMPTS}, {kills} kills so far")
            receiver.status = 200 if attempt == _ATTEMPTS - 1 else 503
            cuts = 2 if attempt >= _ATTEMPTS - 2 else 1
            for cut in range(1, cuts + 1):
                await _send_until(store, settings, attempt + 1, cut * messages // (cuts + 1), ahead_ms)
                kills += 1
            await _send_until(store, settings, attempt + 1, messages, ahead_ms)
            ahead_ms += PAUSES_MS[min(attempt, len(PAUSES_MS) - 1)] + _SLACK_MS
        seconds = time.monotonic() - began
        with store.reading() as session:
            rows_of_audit = verify(session).rows
        store.close()
        return {
            "messages": messages,
            "kills": kills,
            "simulated_hours_down": round(sum(PAUSES_MS) / 3_600_000, 1),
            "arrived": len(receiver.came.keys() & ids),
            "strange_ids": len(receiver.came.keys() - ids),
            "lost": len(ids - receiver.came.keys()),
            "bad_signatures": len(receiver.refused),
            "audit_rows": rows_of_audit,
            "seconds": round(seconds, 1),
        }


async def _send_until(store: Store, settings: Path, attempts: int, wanted: int, ahead_ms: int) -> None:
    """Lets a sender work until so many messages had so many attempts, and kills it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.escalation_courier", str(settings), str(LEASE_MS), str(ahead_ms))
    )
    while _attempted(store, attempts) < wanted:  # noqa: ASYNC110 (another process writes it)
        await asyncio.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    await process.wait()


def _attempted(store: Store, attempts: int) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).where(DeliveryRow.attempts >= attempts)) or 0


def _deployment(folder: Path, url: str) -> Path:
    (folder / "secret").write_text(SECRET)
    (folder / "contracts.toml").write_text(f'[vendors.v.webhook]\nurl = "{url}"\nsecret_files = ["secret"]\n')
    settings = folder / "escalation.toml"
    settings.write_text(f"[sending]\nopen_loopback = true\nat_once = {_AT_ONCE}\n")
    return settings
