"""A vendor's side: an HTTP server that verifies signatures by the library, and answers as it is told."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from stack.ports import Ports

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Receiver:
    """What came, by id; `status` is what it answers to a message that verifies."""

    url: str
    secret: str = SECRET
    status: int = 200
    came: Counter[str] = field(default_factory=Counter)
    bodies: list[dict[str, object]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    elsewhere: int = 0
    any_time: bool = False  # takes messages from a clock that was put ahead
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, messages: int) -> None:
        """Waits until so many different messages came."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.came) >= messages)

    async def _take(self, request: web.Request) -> web.Response:
        text = await request.text()
        try:
            body = self._verified(text, request)
        except WebhookVerificationError as error:
            self.refused.append(str(error))
            return web.Response(status=401)
        if self.status in (301, 302, 307, 308):
            return web.Response(status=self.status, headers={"location": self.url + "/elsewhere"})
        self.came[request.headers["webhook-id"]] += 1
        self.bodies.append(body)
        async with self._news:
            self._news.notify_all()
        return web.Response(status=self.status)

    def _verified(self, text: str, request: web.Request) -> dict[str, object]:
        if not self.any_time:
            found: dict[str, object] = Webhook(self.secret).verify(text, dict(request.headers))
            return found
        at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
        signature = Webhook(self.secret).sign(request.headers["webhook-id"], at, text)
        if signature not in request.headers["webhook-signature"].split(" "):
            raise WebhookVerificationError("another signature")
        whole: dict[str, object] = json.loads(text)
        return whole

    async def _elsewhere(self, _request: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free port of 127.0.0.1."""
    with Ports() as ports:
        port = ports.take()
        receiver = Receiver(f"http://127.0.0.1:{port}/in")
        app = web.Application()
        app.router.add_post("/in", receiver._take)
        app.router.add_route("*", "/in/elsewhere", receiver._elsewhere)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield receiver
        finally:
            await runner.cleanup()
