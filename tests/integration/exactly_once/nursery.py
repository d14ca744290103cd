"""Forks workers from a process that has imported and compiled everything: a killed worker's successor starts at once.

Run as a program it reads a line of JSON for each, {"environment": {…}, "log": "path", "command": ["worker"]}, and
answers its pid. When its input ends it kills them all and ends.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

_POLL_S = 0.01


class Nursery:
    """The test's side."""

    def __init__(self, folder: Path, *modules: str) -> None:
        """`modules` are imported once as well, for commands other than the worker."""
        self._folder, self._made, self._modules = folder, 0, modules

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.integration.exactly_once.nursery", *self._modules]
        with (self._folder / "nursery.log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=Path(__file__).parents[3],
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=30)

    def start(self, environment: Mapping[str, str], *command: str) -> "Worker":
        """A worker, or another command, with RATERWATCH_ variables; `fault` may be one of them."""
        self._made += 1
        log = self._folder / f"worker-{self._made}.log"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        wanted = {"environment": dict(environment), "log": str(log), "command": command or ("worker",)}
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        return Worker(int(self._process.stdout.readline()), log, int(environment["RATERWATCH_METRICS_PORT"]))


class Worker:
    """A forked worker."""

    def __init__(self, pid: int, log: Path, port: int) -> None:
        self.pid, self.log, self._port = pid, log, port

    @property
    def alive(self) -> bool:
        return Path(f"/proc/{self.pid}").exists()

    def send(self, number: signal.Signals) -> None:
        if self.alive:
            os.kill(self.pid, number)

    def ended_within(self, seconds: float) -> bool:
        """Waits for its end."""
        deadline = time.monotonic() + seconds
        while self.alive and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        return not self.alive

    def counted(self, metric: str, **labels: str) -> float:
        """The sum of a metric's samples that carry these labels; 0 while the worker does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics", timeout=2) as answer:
                text = answer.read().decode()
        except OSError:
            return 0.0
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return sum(s.value for s in samples if s.name == metric and labels.items() <= s.labels.items())

    @property
    def stopped(self) -> bool:
        """Whether SIGSTOP holds it."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        except FileNotFoundError:
            return False


def main() -> None:
    """Compile, then fork on demand."""
    from stream import app  # noqa: F401, PLC0415 (imported here so that children have it)
    from stream.stages.warm import compile_kernels  # noqa: PLC0415
    from stream.telemetry.kernels import compile_board  # noqa: PLC0415

    for module in sys.argv[1:]:
        importlib.import_module(module)
    compile_kernels()
    compile_board()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _work(wanted["environment"], wanted["log"], wanted["command"])
        children.append(pid)
        print(pid, flush=True)  # noqa: T201 (the protocol)
    for pid in children:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _work(environment: Mapping[str, str], log: str, command: Sequence[str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    os.environ.update(environment)
    code = 1
    try:
        from stream.cli import root  # noqa: PLC0415

        root(list(command), standalone_mode=False)
        code = 0
    finally:
        if code:
            import traceback  # noqa: PLC0415

            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
