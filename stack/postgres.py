"""One PostgreSQL server with one empty database, in a folder of its own."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from stack.errors import StackError
from stack.ports import answers
from stack.process import Process
from stack.programs import INITDB, POSTGRES

_ACCOUNT = "postgres"  # the server refuses to run as root; Debian's package brings this account
_STOP_S = 20.0
# What a client says first. The answer begins with R once the server lets it in, and with E while it still starts.
_HELLO = b"\0\3\0\0user\0postgres\0database\0postgres\0\0"
_STARTUP = (len(_HELLO) + 4).to_bytes(4, "big") + _HELLO


class Postgres(Process):
    """A server at `url`, which anybody on this machine may use without a password. It may lose data with power."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"postgresql://{_ACCOUNT}@127.0.0.1:{port}/postgres"
        self._data = folder / "data"
        command: list[str | Path] = [
            *_as_server(),
            *(POSTGRES.require(), "-D", self._data, "-h", "127.0.0.1", "-p", str(port), "-k", ""),
            # Data in a temporary folder need not survive the machine, only the process.
            *("-c", "fsync=off", "-c", "full_page_writes=off"),
        ]
        super().__init__("postgres", command, folder, ready=lambda: answers(port, _STARTUP, b"R"))

    def start(self) -> None:
        """Start the server; the first time, make its database."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._data.exists():
            self._initialise()
        super().start()

    def stop(self) -> None:
        """End the server in order, without waiting until its clients have gone (SIGINT, to PostgreSQL)."""
        if not self._end(signal.SIGINT, _STOP_S):
            self.kill()

    def _initialise(self) -> None:
        self._data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self._data, _ACCOUNT)
            for folder in (self.folder, self.folder.parent):
                # The account has to walk to its data through folders that root made for this stack, unreadable still.
                folder.chmod(folder.stat().st_mode | 0o011)
        command: list[str | Path] = [
            *(*_as_server(), INITDB.require(), "-D", self._data, "-U", _ACCOUNT),
            *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"),
        ]
        made = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise StackError(f"initdb could not make a database. It said:\n{made.stdout[-2000:]}")


def _as_server() -> list[str | Path]:
    """What runs a command as the server's account, for root; others run it as themselves."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise StackError("setpriv is not installed: install it (Debian package util-linux), or do not run as root")
    # The server ends with this process: the tether's wish to die does not survive a change of account.
    return [setpriv, f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--clear-groups", "--pdeathsig=KILL"]
