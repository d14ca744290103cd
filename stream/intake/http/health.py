"""Whether the intake can take judgments, and why not."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from stream.errors import RaterwatchError

_log = logging.getLogger(__name__)
_ASK_EVERY_S = 2.0


class KafkaState:
    """What Kafka last did. After a failure it is asked until it answers: a load balancer sends nothing meanwhile."""

    def __init__(self) -> None:
        self.why: str | None = "Kafka was not asked yet"
        self._failed = asyncio.Event()
        self._failed.set()

    def failed(self, why: str) -> None:
        """Kafka did not take what was sent."""
        if self.why is None:
            _log.warning("Kafka does not take judgments: %s", why)
        self.why = why
        self._failed.set()

    def succeeded(self) -> None:
        """Kafka took what was sent."""
        if self.why is not None:
            _log.info("Kafka takes judgments")
        self.why = None
        self._failed.clear()

    async def keep_asking(self, ask: Callable[[], Awaitable[None]]) -> None:
        """Asks after every failure until it is answered; `ask` raises our own errors. Never returns."""
        while True:
            await self._failed.wait()
            try:
                await ask()
            except RaterwatchError as error:
                self.failed(str(error))
                await asyncio.sleep(_ASK_EVERY_S)
            else:
                self.succeeded()


class Health:
    """Ready: the last thing that Kafka was given arrived, and nobody asked the intake to stop."""

    def __init__(self, kafka: KafkaState) -> None:
        self.kafka = kafka
        self.stopping = False

    def why_not_ready(self) -> list[str]:
        """Empty when it is ready."""
        why = ["it is stopping"] if self.stopping else []
        return why + ([f"Kafka: {self.kafka.why}"] if self.kafka.why else [])
