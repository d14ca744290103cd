"""Serves both doors until asked to stop; then finishes what is under way."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp

from stream.errors import SettingsError
from stream.intake.http.application import door, side_door
from stream.intake.http.intake import Intake

FINISH_S = 5  # what is under way may take so long once the intake is to stop
_LAST_WORD_S = 4.0  # then whoever waits is told 503, before connections are cut


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int


class Certificate(NamedTuple):
    """Files in PEM: the chain, and its private key."""

    chain: Path
    key: Path


async def serve(
    intake: Intake, at: Address, side: Address, certificate: Certificate | None, stopping: asyncio.Event
) -> None:
    """Returns when everything that was taken is answered, or FINISH_S later. Raises SettingsError."""
    configs = [_config(door(intake), certificate), _config(side_door(intake), None)]
    with _listening(at) as first, _listening(side) as second:
        servers = [_Server(config) for config in configs]
        pairs = zip(servers, (first, second), strict=True)
        serving = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in pairs]
        asked = asyncio.create_task(stopping.wait())
        await asyncio.wait({asked, *serving}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        # Requests on open connections are told to come again; a load balancer sees it in /readyz.
        intake.health.stopping = True
        for server in servers:
            server.should_exit = True
        last_word = asyncio.get_running_loop().call_later(_LAST_WORD_S, intake.sender.give_up)
        await asyncio.gather(*serving)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(intake.sender.settled(), FINISH_S)
        last_word.cancel()


def _config(app: ASGIApp, certificate: Certificate | None) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=FINISH_S,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"the certificate is unusable ({error}); check --tls-certificate and --tls-key") from None
    return config


@contextmanager
def _listening(at: Address) -> Iterator[socket.socket]:
    """Bound here and not by uvicorn, which would end the whole process when the port is taken."""
    try:
        listener = socket.create_server((at.host, at.port), backlog=512)
    except OSError as error:
        raise SettingsError(f"cannot listen on {at.host}:{at.port} ({error.strerror}); choose another port") from None
    with listener:
        yield listener


class _Server(uvicorn.Server):
    """Leaves signals to the command."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None of its own."""
        yield
