"""The command a newcomer runs first, as a newcomer runs it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(300)


def test_one_run_accounts_for_every_judgment_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "stream",
        "demo",
        "--once",
        "--judgments",
        "4000",
        "--json",
        "--folder",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {key: report[key] for key in ("lost", "counted_twice", "differing_rows", "rejected")} == {
        "lost": 0,
        "counted_twice": 0,
        "differing_rows": 0,
        "rejected": 0,
    }
    assert report["produced"] >= 4000
    assert report["applied"] > 3900
    assert report["p50_latency_seconds"] > 0
    assert report["judgments_per_worker_cpu_second"] > 0
    assert processes_of(tmp_path) == []


def test_ctrl_c_stops_everything_it_started(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stream", "demo", "--judgments", "20000", "--folder", str(tmp_path)]
    with (tmp_path / "out").open("wb") as out:
        demo = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    deadline = time.monotonic() + 120
    while b"Alertmanager  " not in (tmp_path / "out").read_bytes() and time.monotonic() < deadline:
        assert demo.poll() is None, (tmp_path / "out").read_text()
        time.sleep(0.1)
    os.kill(demo.pid, signal.SIGINT)
    assert demo.wait(60) == 0
    assert processes_of(tmp_path) == []


def processes_of(folder: Path) -> list[str]:
    """Command lines of running processes that work in the folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in line and "pytest" not in line:
            found.append(line)
    return found
