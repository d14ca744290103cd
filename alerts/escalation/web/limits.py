"""How much one caller may ask for: requests by a leaking bucket, bytes of a body by a number."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.escalation.web.problem import problem

BODY_BYTES = 256 * 1_024
_CALLERS = 20_000  # remembered at once; the one that was quiet longest is forgotten first


@dataclass(slots=True)
class RateLimit:
    """A bucket for each caller: it holds `burst` requests and leaks `per_second` of them."""

    per_second: float = 20.0
    burst: int = 200
    _level: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def wait_s(self, caller: str, now_ms: int) -> float:
        """0 when the request may pass, and then it counts; else after how many seconds the next one may."""
        with self._lock:
            level, was_ms = self._level.pop(caller, (0.0, now_ms))
            level = max(0.0, level - (now_ms - was_ms) / 1_000 * self.per_second)
            wait_s = max(0.0, (level + 1 - self.burst) / self.per_second)
            self._level[caller] = (level if wait_s else level + 1, now_ms)
            if len(self._level) > _CALLERS:
                self._level.popitem(last=False)
        return wait_s


class BodyLimit:
    """Refuses a body larger than BODY_BYTES, whatever its Content-Length says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []
        size = 0
        while True:
            # Read before anything is done: so nothing is done by halves.
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > BODY_BYTES:
                refused = problem(413, f"the body is larger than {BODY_BYTES:,} bytes; send less at once")
                await refused(scope, receive, send)
                return
            if not message.get("more_body"):
                break

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, replay, send)
