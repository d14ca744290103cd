"""Free ports for servers, safe for several stacks on one machine at once."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from stack.errors import StackError

# Below 32768, where Linux takes the ports of outgoing connections from: one of those could hold a port while its server
# restarts.
_FIRST, _LAST = 20_000, 32_000


class Ports:
    """Hands out ports that nothing listens on and keeps others from taking them until `release` or the process's end.

    A claim is a lock on a file named after the port, so it also holds between the choice of a port and the server's
    start, and while a server is down.
    """

    def __init__(self) -> None:
        self._claims: list[IO[str]] = []
        self._folder = Path(tempfile.gettempdir()) / f"raterwatch-ports-{os.getuid()}"

    def take(self) -> int:
        """A port of 127.0.0.1 in [20000, 32000). Raises StackError when none is free."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for port in random.sample(range(_FIRST, _LAST), k=_LAST - _FIRST):
            if self._claim(port):
                return port
        raise StackError(f"no port between {_FIRST} and {_LAST} is free; stop what listens there")

    def release(self) -> None:
        """Give all ports back."""
        for claim in self._claims:
            claim.close()
        self._claims.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

    def _claim(self, port: int) -> bool:
        claim = (self._folder / str(port)).open("w")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _bind(port)
        except OSError:
            claim.close()
            return False
        self._claims.append(claim)
        return True


def answers(port: int, request: bytes = b"", reply: bytes = b"") -> bool:
    """Whether a server of 127.0.0.1 accepts a connection on `port`, and begins its answer to `request` with `reply`."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            if not reply:
                return True
            connection.sendall(request)
            return connection.recv(len(reply)) == reply
    except OSError:
        return False


def _bind(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", port))
