"""The worker's small web server: /metrics, /healthz, /readyz. Bound to an address that the deployment chooses."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry, generate_latest

from stream.errors import SettingsError
from stream.telemetry.board import Board
from stream.telemetry.health import Answer, Health
from stream.telemetry.lines import CONTENT_TYPE
from stream.telemetry.page import gzip_with

_LAST_ANSWER_S = 1.0  # a worker that stops waits so long for a scrape under way


class MetricsServer:
    """Serves until `stop`."""

    def __init__(self, registry: CollectorRegistry, board: Board, health: Health) -> None:
        self._registry, self._board = registry, board
        application = web.Application()
        application.router.add_get("/metrics", self._metrics)
        application.router.add_get("/healthz", _answering(health.alive))
        application.router.add_get("/readyz", _answering(health.ready))
        # Prometheus asks every few seconds: a log line each says nothing.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_LAST_ANSWER_S)

    async def start(self, host: str, port: int) -> int:
        """Listens; answers the port, which the system chose when 0 was asked for. Raises SettingsError."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise SettingsError(
                f"cannot serve metrics on {host}:{port} ({error.strerror}): choose another RATERWATCH_METRICS_PORT"
            ) from error
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Ends open requests and stops listening."""
        await self._runner.cleanup()

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            body = gzip_with(await self._board.compressed(), generate_latest(self._registry))
            headers = {hdrs.CONTENT_TYPE: CONTENT_TYPE, hdrs.CONTENT_ENCODING: "gzip"}
            return web.Response(body=body, headers=headers)
        blocks = [*self._board.page.blocks, generate_latest(self._registry)]
        response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: CONTENT_TYPE})
        response.content_length = sum(map(len, blocks))
        await response.prepare(request)
        # Block by block: the stream gets its turn whenever the socket is full.
        for block in blocks:
            await response.write(block)
        return response


def _answering(ask: Callable[[], Answer]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_: web.Request) -> web.StreamResponse:
        found = ask()
        return web.Response(
            text=json.dumps(found.body) + "\n", status=200 if found.good else 503, content_type="application/json"
        )

    return answer
