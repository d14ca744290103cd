"""The intake as a process, run by its command, and killed when a test wants it.

Run as a program it imports and compiles everything once, reads a line of JSON for each intake, {"arguments": […],
"environment": {…}, "log": "path"}, forks it and answers its pid: a killed intake's successor starts at once. When its
input ends it kills them all and ends.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from stack.ports import Ports
from stream.intake.http.tokens import hash_of
from stream.intake.pseudonyms import PseudonymKey

SECRET = "rwi_of-a-test"
_TICKS = os.sysconf("SC_CLK_TCK")
_READY_S = 60.0


class Nursery:
    """Forks intakes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        with (self._folder / "nursery.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.intake_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=Path(__file__).parents[1],
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=30)

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        """The pid of a new intake."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = json.dumps({"arguments": list(arguments), "environment": dict(environment), "log": str(log)})
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


class IntakeProcess:
    """One address over its lives: a killed intake is started again where it was."""

    def __init__(
        self, nursery: Nursery, folder: Path, kafka: str, queues: str, *, rights: str, limits: str = "", topic: str = ""
    ) -> None:
        self._nursery, self._ports, self.folder = nursery, Ports(), folder
        self.port, self._side = self._ports.take(), self._ports.take()
        self.url = f"http://127.0.0.1:{self.port}"
        self.headers = {"Authorization": f"Bearer {SECRET}"}
        self._pid = 0
        self._environment = {"RATERWATCH_KAFKA": kafka, "RATERWATCH_METRICS_PORT": str(self._side)}
        if topic:
            self._environment["RATERWATCH_JUDGMENTS"] = topic
        folder.mkdir(exist_ok=True)
        PseudonymKey.create(str(folder / "vendor.key"))
        expires = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        (folder / "queues.toml").write_text(queues)
        (folder / "intake.toml").write_text(
            f'[tokens.test]\nsha256 = "{hash_of(SECRET)}"\nexpires = {expires}\n'
            f'pseudonym_key_file = "vendor.key"\n{rights}\n[limits]\n{limits}\n'
        )

    def start(self) -> None:
        """Starts it; `wait_until_ready` waits."""
        files = ["--tokens", str(self.folder / "intake.toml"), "--queues", str(self.folder / "queues.toml")]
        arguments = [*files, "--data-folder", str(self.folder / "data"), "--port", str(self.port)]
        self._pid = self._nursery.start(arguments, self._environment, self.folder / "intake.log")

    def wait_until_ready(self) -> None:
        """Returns once it takes judgments."""
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline:
            assert self.pid
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(self.log)

    @property
    def pid(self) -> int:
        assert self.alive, self.log
        return self._pid

    @property
    def alive(self) -> bool:
        return bool(self._pid) and Path(f"/proc/{self._pid}").exists()

    @property
    def log(self) -> str:
        return (self.folder / "intake.log").read_text()

    def metrics(self) -> str:
        """As Prometheus reads them."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._side}/metrics", timeout=10) as answer:
            text: str = answer.read().decode()
        return text

    def cpu_seconds(self) -> float:
        """User and system time of this life so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)
        assert self.ended(5)

    def terminate(self) -> None:
        """SIGTERM; `ended` waits."""
        os.kill(self.pid, signal.SIGTERM)

    def ended(self, seconds: float) -> bool:
        """Waits for its end."""
        deadline = time.monotonic() + seconds
        while self.alive and time.monotonic() < deadline:
            time.sleep(0.01)
        return not self.alive

    def stop(self) -> None:
        """Whatever state it is in."""
        if self.alive:
            self.kill()
        self._ports.release()


def main() -> None:
    """Compile, then fork on demand."""
    from stream import intake_app  # noqa: F401, PLC0415 (imported here so that children have it)
    from stream.intake.rater_hashes import rater_hashes  # noqa: PLC0415

    rater_hashes(["rbc-2345bcdfghjk"])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _work(wanted["arguments"], wanted["environment"], wanted["log"])
        children.append(pid)
        print(pid, flush=True)  # noqa: T201 (the protocol)
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _work(arguments: list[str], environment: Mapping[str, str], log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    os.environ.update(environment)
    code = 1
    try:
        from stream.commands.intake import intake  # noqa: PLC0415

        intake(arguments, standalone_mode=False)
        code = 0
    finally:
        if code:
            traceback.print_exc()
        print(f"ended with {code}", flush=True)  # noqa: T201 (into the log)
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
