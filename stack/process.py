"""A server as a child process: ready when it says so, ended by its own process id, never outliving its parent."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stack.errors import StackError

_TETHER = Path(__file__).with_name("tether.py")
_POLL_S = 0.02
_TAIL_LINES = 25


class Process:
    """One server and its log file.

    `ready` is asked every 20 ms after a start; the start fails when the process ends or `start_timeout_s` passes first.
    May be used from any thread, but not from two at once.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        folder: Path,
        *,
        ready: Callable[[], bool],
        start_timeout_s: float = 30.0,
        stop_timeout_s: float = 20.0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.folder = folder
        self.log = folder / f"{name}.log"
        self.command = [str(part) for part in command]
        self._ready = ready
        self._start_timeout_s = start_timeout_s
        self._stop_timeout_s = stop_timeout_s
        self._environment = environment
        self._child: _Child | None = None
        self._log_start = 0

    @property
    def running(self) -> bool:
        """True from a start to the process's end, however it ends; a paused process counts as running."""
        return self._child is not None and not self._child.ended.is_set()

    @property
    def pid(self) -> int:
        """The process id of the running server. Raises StackError when it is not running."""
        if self._child is None or not self.running:
            raise StackError(f"{self.name} is not running; call start() first")
        return self._child.pid

    def start(self) -> None:
        """Start the server and wait until it is ready. Nothing happens when it already runs."""
        if self.running:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self._child = child = _Child(self.command, self.log, self._environment)
        deadline = time.monotonic() + self._start_timeout_s
        while not self._ready():
            if child.ended.is_set():
                raise StackError(f"{self.name} ended while it started; its log ends with\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise StackError(
                    f"{self.name} was not ready after {self._start_timeout_s:g} s; its log ends with\n{self.log_tail()}"
                )
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """End the server in order (SIGTERM), or with SIGKILL when that takes too long. It may be stopped already."""
        if not self._end(signal.SIGTERM, self._stop_timeout_s):
            self.kill()

    def kill(self) -> None:
        """End the server as a crash would (SIGKILL), and wait until it is gone."""
        if not self._end(signal.SIGKILL, self._stop_timeout_s):
            raise StackError(f"{self.name} (process {self.pid}) does not end even by SIGKILL")

    def restart(self) -> None:
        """Stop in order and start again, with the same ports and data."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze the server (SIGSTOP): its connections stay open and nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    def logged(self, text: str) -> bool:
        """Whether the log holds `text` since the last start."""
        return text in self._log_since_start()

    def log_tail(self) -> str:
        """The last lines of the log since the last start."""
        return "\n".join(self._log_since_start().splitlines()[-_TAIL_LINES:])

    def _log_since_start(self) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _end(self, how: signal.Signals, timeout_s: float) -> bool:
        if self._child is None:
            return True
        self._child.signal(how)
        if how is signal.SIGTERM:
            # A paused server takes SIGTERM only once it goes on.
            self._child.signal(signal.SIGCONT)
        return self._child.ended.wait(timeout_s)


class _Child:
    """The running process, waited for by a thread of its own.

    The kernel ends a tethered process with the *thread* that started it, so that thread must live as long as the
    process.
    """

    def __init__(self, command: list[str], log: Path, environment: Mapping[str, str] | None) -> None:
        self.ended = threading.Event()
        self._started = threading.Event()
        self._popen: subprocess.Popen[bytes] | None = None
        self._failure: OSError | None = None
        thread = threading.Thread(target=self._live, args=(command, log, environment), daemon=True, name=command[0])
        thread.start()
        self._started.wait()
        if self._failure is not None:
            raise StackError(f"{command[0]} cannot be started: {self._failure}") from self._failure

    @property
    def pid(self) -> int:
        return self._require().pid

    def signal(self, what: signal.Signals) -> None:
        # Popen refuses to signal a process that it has already waited for, so a reused process id is never hit.
        self._require().send_signal(what)

    def _live(self, command: list[str], log: Path, environment: Mapping[str, str] | None) -> None:
        tethered = [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), *command]
        try:
            with log.open("ab") as sink:
                self._popen = subprocess.Popen(
                    tethered,
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                    env=None if environment is None else {**os.environ, **environment},
                    start_new_session=True,  # Ctrl-C in a terminal is the parent's to handle, not the servers'.
                )
        except OSError as error:
            self._failure = error
        finally:
            self._started.set()
        if self._popen is not None:
            self._popen.wait()
        self.ended.set()

    def _require(self) -> subprocess.Popen[bytes]:
        if self._popen is None:
            raise StackError("the process was never started")
        return self._popen
