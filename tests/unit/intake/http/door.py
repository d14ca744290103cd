"""A door with Kafka in memory, and someone who knocks."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from stream.intake.http.annotations import Annotations, MemoryAnnotations
from stream.intake.http.application import door, side_door
from stream.intake.http.health import KafkaState
from stream.intake.http.intake import Intake
from stream.intake.http.rules import RulesFiles
from stream.intake.http.tokens import hash_of
from stream.intake.pseudonyms import PseudonymKey
from stream.intake_app import intake_of
from stream.transport.memory_log import MemoryLog, MemoryProducer
from tests.unit.intake import samples

NOW_MS = 1_700_000_000_000
QUEUES = """
[queues.images]
labels = ["cat", "dog", "none"]
[queues.tags]
kind = "set"
labels = ["red", "green", "blue"]
[queues.closed-to-us]
labels = ["cat"]
[vendors.acme]
[vendors.zenith]
"""
ALL_RIGHTS = 'vendor = "acme"\nqueues = ["images", "tags"]\nknown_answers = true\npseudonym_key_file = "acme.key"\n'
_EXPIRES = datetime.fromtimestamp(NOW_MS / 1000 + 86_400, UTC).isoformat()


@dataclass
class Door:
    """`post` knocks with the token "acme-secret" unless told otherwise."""

    intake: Intake
    log: MemoryLog
    producer: MemoryProducer
    client: httpx.AsyncClient
    side: httpx.AsyncClient
    folder: Path

    async def post(
        self, body: Any, path: str = "/v1/judgments", *, secret: str | None = "acme-secret", **more: Any
    ) -> httpx.Response:
        """`body` is bytes, or something to be written as JSON."""
        headers: dict[str, str | bytes] = {"Content-Type": "application/json"} | more.pop("headers", {})
        if secret is not None:
            headers["Authorization"] = f"Bearer {secret}".encode("latin-1")
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        if headers.get("Content-Encoding") == "gzip" and not isinstance(body, bytes):
            content = gzip.compress(content)
        return await self.client.post(path, content=content, headers=headers, **more)

    async def lines(self, *records: Any, **more: Any) -> httpx.Response:
        """As NDJSON."""
        content = b"\n".join(one if isinstance(one, bytes) else msgspec.json.encode(one) for one in records)
        return await self.post(content, headers={"Content-Type": "application/x-ndjson"}, **more)

    async def hook(self, event: Mapping[str, Any], query: str = "?queue=images", **more: Any) -> httpx.Response:
        """As Label Studio's webhook."""
        return await self.post(event, f"/v1/webhooks/label-studio{query}", **more)

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Everything that Kafka has."""
        return [msgspec.json.decode(record.value or b"") for record in self.records]

    @property
    def records(self) -> list[Any]:
        return [record for partition in self.log.partitions for record in self.log.records(partition)]

    def write_tokens(self, tokens: str, limits: str = "") -> None:
        write_tokens(self.folder, tokens, limits)
        self.intake.files.read_if_changed()


def token(name: str, rights: str, secret: str | None = None, expires: str = _EXPIRES) -> str:
    digest = hash_of(secret or f"{name}-secret")
    return f'[tokens.{name}]\nsha256 = "{digest}"\nexpires = {expires}\n{rights}\n'


def prepare(folder: Path, tokens: str, limits: str = "", queues: str = QUEUES) -> None:
    """The files of a deployment; a key that is there stays."""
    folder.mkdir(exist_ok=True)
    if not (folder / "acme.key").exists():
        PseudonymKey.create(str(folder / "acme.key"))
    write_tokens(folder, tokens, limits)
    (folder / "queues.toml").write_text(queues)


def write_tokens(folder: Path, tokens: str, limits: str = "") -> None:
    (folder / "intake.toml").write_text(f"{tokens}\n[limits]\n{limits}\n" if limits else tokens)


@asynccontextmanager
async def opened(
    folder: Path,
    tokens: str | None = None,
    *,
    limits: str = "",
    queues: str = QUEUES,
    annotations: Annotations | None = None,
) -> AsyncIterator[Door]:
    prepare(folder, tokens or token("acme", ALL_RIGHTS), limits, queues)
    log = MemoryLog({"judgments": 1})
    log.now_ms = NOW_MS
    producer, kafka = MemoryProducer(log), KafkaState()
    kafka.succeeded()
    files = RulesFiles(folder / "intake.toml", folder / "queues.toml")
    intake = intake_of(files, producer, "judgments", kafka, annotations or MemoryAnnotations())
    intake.clock_ms = lambda: NOW_MS
    transports = [httpx.ASGITransport(app) for app in (door(intake), side_door(intake))]
    clients = [httpx.AsyncClient(transport=transport, base_url="http://intake") for transport in transports]
    try:
        yield Door(intake, log, producer, *clients, folder)
    finally:
        producer.release()
        await asyncio.wait_for(intake.sender.settled(), 5)
        for client in clients:
            await client.aclose()


def judgment(**fields: Any) -> dict[str, Any]:
    """A good judgment of a second ago; a field given as ... is left out."""
    return samples.judgment(**{"submitted_at": NOW_MS - 1000} | fields)


def gold(**fields: Any) -> dict[str, Any]:
    plain = {"type": "gold", "queue": "images", "item_id": "i1", "label": "dog", "revision": 1, "at": NOW_MS}
    return plain | fields
