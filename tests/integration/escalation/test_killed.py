"""A sending process is killed again and again, and nothing is lost: each message arrives, under its one id."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from alerts.escalation.store.audit import verify
from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import DeliveryRow
from alerts.escalation.work.sending import queue_delivery
from tests.escalation_world import at, finding
from tests.webhook_receiver import SECRET, receiving

REPOSITORY = Path(__file__).parents[3]
MESSAGES, KILLS, LEASE_MS = 60, 2, 400


def deployment(folder: Path, url: str, database: str) -> Path:
    """Settings and contract of a vendor whose webhook is on this machine."""
    (folder / "secret").write_text(SECRET)
    (folder / "contracts.toml").write_text(
        f'[vendors.alba]\nwebhook = {{url = "{url}", secret_files = ["secret"]}}\nlead_email = "lead@alba.example"\n'
    )
    settings = folder / "escalation.toml"
    settings.write_text(f'database = "{database}"\n[sending]\nopen_loopback = true\n')
    return settings


@asynccontextmanager
async def sending(settings: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.escalation_courier", str(settings), str(LEASE_MS)),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"sending\n"
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


def states(store: Store) -> dict[str, int]:
    with store.reading() as session:
        counted = session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
        return dict(counted.all())  # type: ignore[arg-type]


@pytest.mark.timeout(120)
async def test_every_message_arrives_over_kills_of_the_sender(store: Store, store_url: str, tmp_path: Path) -> None:
    async with receiving() as receiver:
        settings = deployment(tmp_path, receiver.url, str(store_url))
        if store_url.startswith("sqlite"):
            settings.write_text(settings.read_text().replace(store_url, "sqlite:///cases.db"))
        with store.writing() as session:
            ids = {
                queue_delivery(
                    session, "webhook", receiver.url, "reminder", _body(n), at("2026-03-02T10:00"), vendor="alba"
                ).id
                for n in range(MESSAGES)
            }
        for kill in range(KILLS):
            async with sending(settings) as process:
                await receiver.until((kill + 1) * MESSAGES // (KILLS + 1))
                process.send_signal(signal.SIGKILL)
        async with sending(settings):
            while states(store) != {"delivered": MESSAGES}:  # noqa: ASYNC110 (another process writes it)
                await asyncio.sleep(0.05)
        assert set(receiver.came) == ids
        assert receiver.refused == []
        with store.reading() as session:
            assert verify(session).rows == MESSAGES


def _body(number: int) -> dict[str, object]:
    return {"type": "case.reminder", "number": number, "said": finding().sentence.text}
