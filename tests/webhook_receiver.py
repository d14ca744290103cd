"""A vendor's side: an HTTP server that verifies signatures by the library, and answers as it is told."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

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

    async def _take(self, request: web.Request) -> web.Response:
        text = await request.text()
        try:
            body = Webhook(self.secret).verify(text, dict(request.headers))
        except WebhookVerificationError as error:
            self.refused.append(str(error))
            return web.Response(status=401)
        if self.status in (301, 302, 307, 308):
            return web.Response(status=self.status, headers={"location": self.url + "/elsewhere"})
        self.came[request.headers["webhook-id"]] += 1
        self.bodies.append(body)
        return web.Response(status=self.status)

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
