"""The intake's use-cases: a batch, an export, a webhook's event. HTTP is around it, Kafka behind a port."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from starlette.responses import Response

from stream.errors import Unavailable
from stream.intake.http import answers, label_studio_hook
from stream.intake.http.annotations import Annotation, Annotations
from stream.intake.http.answers import NoToken
from stream.intake.http.batch import Batch, check, check_records
from stream.intake.http.body import read_body
from stream.intake.http.export_body import read_export, reading_of
from stream.intake.http.gate import Busy, Gate, Place
from stream.intake.http.health import Health
from stream.intake.http.rate import Rates
from stream.intake.http.records import records_of
from stream.intake.http.rules import RulesFiles
from stream.intake.http.sending import Sender
from stream.intake.http.tokens import Token
from stream.intake.http.usage import Usage


class Sent(NamedTuple):
    """A request as far as the use-cases care."""

    secret: str | None
    pieces: AsyncIterator[bytes]
    content_type: str
    encoding: str
    partial: bool = False
    format: str | None = None
    queue: str | None = None
    question: str | None = None


@dataclass(slots=True)
class Intake:
    """One per process and event loop."""

    files: RulesFiles
    gate: Gate
    sender: Sender
    annotations: Annotations
    health: Health
    usage: Usage
    clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    _rates: Rates = field(default_factory=Rates)
    _in_order: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take_batch(self, sent: Sent) -> Response:
        """Our own records, or a tool's export. Raises our own errors."""

        async def take(token: Token, body: bytes, place: Place) -> Response:
            if sent.format is not None:
                return await self._take_export(sent, token, body, place)
            rules = self.files.rules
            raws = records_of(body, sent.content_type, rules.bounds.batch_records)
            batch = check_records(raws, token, rules.directory, self.clock_ms())
            return await self._answer(token, batch, place, partial=sent.partial)

        return await self._let_in(sent, take)

    async def take_webhook(self, sent: Sent) -> Response:
        """An event of Label Studio's. Raises our own errors."""

        async def take(token: Token, body: bytes, place: Place) -> Response:
            rules, notes = self.files.rules, Counter[str]()
            reading = reading_of(token, label_studio_hook.FORMAT, sent.queue, sent.question, rules.set_queues)
            asked = label_studio_hook.Asked(token, reading, self.clock_ms())
            async with self._in_order:
                read = await asyncio.to_thread(label_studio_hook.read_event, body, asked, self.annotations, notes)
                batch = check(read.records, rules.directory, self.clock_ms(), notes)
                if batch.refused or not batch.messages:
                    return await self._answer(token, batch, place, partial=False)
                sending = await self._hand_over(batch, place, read.remembered)
            return await self._acknowledged(token, batch, sending)

        return await self._let_in(sent, take)

    async def _let_in(self, sent: Sent, take: Callable[[Token, bytes, Place], Awaitable[Response]]) -> Response:
        now_s = self.clock_ms() / 1_000
        if self.health.stopping:
            raise Unavailable("the intake is stopping")
        token = self.files.rules.tokens.find(sent.secret or "", self.clock_ms())
        if token is None:
            raise NoToken("send a token that holds: Authorization: Bearer rwi_…")
        if wait_s := self._rates.wait_s(token, now_s):
            raise Busy(f"the token may send {token.settings.records_per_second:g} records a second", wait_s)
        self._rates.pour(token, 1, now_s)
        bounds = self.files.rules.bounds
        self.gate.bounds = bounds
        place = self.gate.enter()
        try:
            body = await read_body(sent.pieces, sent.encoding, place, bounds.body_bytes, bounds.body_seconds)
            self.usage.came(token.name, len(body))
            return await take(token, body, place)
        finally:
            place.leave_unless_handed_over()

    async def _take_export(self, sent: Sent, token: Token, body: bytes, place: Place) -> Response:
        rules, notes = self.files.rules, Counter[str]()
        reading = reading_of(token, sent.format or "", sent.queue, sent.question, rules.set_queues)
        most = rules.bounds.batch_records
        read = await asyncio.to_thread(read_export, body, reading, token, most, notes)
        batch = check(read, rules.directory, self.clock_ms(), notes)
        is_label_studio = sent.format == label_studio_hook.FORMAT
        remembered = label_studio_hook.sent_annotations(batch.events, token) if is_label_studio else []
        return await self._answer(token, batch, place, partial=sent.partial, remembered=remembered)

    async def _answer(
        self, token: Token, batch: Batch, place: Place, *, partial: bool, remembered: Sequence[Annotation] = ()
    ) -> Response:
        if batch.refused and not (partial and batch.messages):
            self._note(token, batch)
            self.usage.ended(token.name, "refused")
            return answers.all_refused(batch, partial=partial)
        if not batch.messages:
            self._note(token, batch)
            self.usage.ended(token.name, "accepted", batch)
            return answers.taken(batch)
        if not remembered:
            return await self._acknowledged(token, batch, self.sender.hand_over(batch.messages, place))
        async with self._in_order:
            sending = await self._hand_over(batch, place, remembered)
        return await self._acknowledged(token, batch, sending)

    async def _hand_over(self, batch: Batch, place: Place, remembered: Sequence[Annotation]) -> "asyncio.Task[None]":
        """What may have to be taken back is remembered before it is sent."""
        if remembered:
            await asyncio.to_thread(self.annotations.remember, remembered, self.clock_ms())
        return self.sender.hand_over(batch.messages, place)

    async def _acknowledged(self, token: Token, batch: Batch, sending: "asyncio.Task[None]") -> Response:
        self._note(token, batch)
        try:
            with self.usage.acknowledged.time():
                await self.sender.wait_for(sending, self.files.rules.bounds.kafka_seconds)
        except Exception:
            self.usage.ended(token.name, "unavailable")
            raise
        self.usage.ended(token.name, "partial" if batch.refused else "accepted", batch)
        return answers.taken(batch)

    def _note(self, token: Token, batch: Batch) -> None:
        self.usage.checked(token.name, batch)
        self._rates.pour(token, len(batch.messages) + len(batch.refused), self.clock_ms() / 1_000)
