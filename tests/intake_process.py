"""The intake as a process, started from the command line, and killed when a test wants it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stack.ports import Ports
from stream.intake.http.tokens import hash_of
from stream.intake.pseudonyms import PseudonymKey

SECRET = "rwi_of-a-test"
_TICKS = os.sysconf("SC_CLK_TCK")
_READY_S = 60.0


class IntakeProcess:
    """One address over its lives: a killed intake is started again where it was."""

    def __init__(self, folder: Path, kafka: str, queues: str, *, rights: str, limits: str = "") -> None:
        self._ports, self.folder = Ports(), folder
        self.port, self._side = self._ports.take(), self._ports.take()
        self.url = f"http://127.0.0.1:{self.port}"
        self.headers = {"Authorization": f"Bearer {SECRET}"}
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {"RATERWATCH_KAFKA": kafka, "RATERWATCH_METRICS_PORT": str(self._side)}
        folder.mkdir(exist_ok=True)
        PseudonymKey.create(str(folder / "vendor.key"))
        expires = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        (folder / "queues.toml").write_text(queues)
        (folder / "intake.toml").write_text(
            f'[tokens.test]\nsha256 = "{hash_of(SECRET)}"\nexpires = {expires}\n'
            f'pseudonym_key_file = "vendor.key"\n{rights}\n[limits]\n{limits}\n'
        )

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Starts it; `wait_until_ready` waits."""
        command = [sys.executable, "-m", "stream", "intake", "--tokens", str(self.folder / "intake.toml")]
        command += ["--queues", str(self.folder / "queues.toml"), "--port", str(self.port)]
        command += ["--data-folder", str(self.folder / "data")]
        with (self.folder / "intake.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=os.environ | self._environment | dict(environment or {}),
                cwd=Path(__file__).parents[1],
                stdout=log,
                stderr=log,
            )

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
        assert self._process is not None
        assert self._process.poll() is None, self.log
        return self._process.pid

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
        assert self._process is not None
        self._process.wait()

    def terminate(self) -> None:
        """SIGTERM; `ended` waits."""
        os.kill(self.pid, signal.SIGTERM)

    def ended(self, seconds: float) -> int:
        """The exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def stop(self) -> None:
        """Whatever state it is in."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._ports.release()
