import sys
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.process import Process


def shell(
    script: str, folder: Path, *, ready_text: str = "ready", start_timeout_s: float = 10, stop_timeout_s: float = 10
) -> Process:
    process = Process(
        "server",
        ["/bin/sh", "-c", script],
        folder,
        ready=lambda: process.logged(ready_text),
        start_timeout_s=start_timeout_s,
        stop_timeout_s=stop_timeout_s,
    )
    return process


def test_a_start_waits_until_the_server_is_ready(tmp_path: Path) -> None:
    server = shell("echo starting; sleep 0.2; echo ready; exec sleep 60", tmp_path)
    server.start()
    assert server.log_tail() == "starting\nready"
    server.kill()


def test_a_server_that_ends_at_once_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"server ended while it started; its log ends with\nport is taken"):
        shell("echo port is taken; exit 3", tmp_path).start()


def test_a_server_that_is_never_ready_is_ended(tmp_path: Path) -> None:
    server = shell("echo thinking; exec sleep 60", tmp_path, start_timeout_s=0.3)
    with pytest.raises(StackError, match=r"was not ready after 0.3 s; its log ends with\nthinking"):
        server.start()
    assert not server.running


def test_the_log_of_a_former_start_does_not_make_the_next_one_ready(tmp_path: Path) -> None:
    server = shell(
        "if [ -e once ]; then echo broken; exit 1; fi; touch once; echo ready; exec sleep 60".replace(
            "once", str(tmp_path / "once")
        ),
        tmp_path,
    )
    server.start()
    with pytest.raises(StackError, match="broken"):
        server.restart()


def test_stop_lets_the_server_end_in_order(tmp_path: Path) -> None:
    server = shell("trap 'echo goodbye; exit 0' TERM; echo ready; while :; do sleep 0.05; done", tmp_path)
    server.start()
    server.stop()
    assert server.log_tail().endswith("goodbye")


def test_stop_ends_a_paused_server_in_order(tmp_path: Path) -> None:
    server = shell("trap 'echo goodbye; exit 0' TERM; echo ready; while :; do sleep 0.05; done", tmp_path)
    server.start()
    server.pause()
    server.stop()
    assert server.log_tail().endswith("goodbye")


def test_stop_kills_a_server_that_does_not_listen(tmp_path: Path) -> None:
    server = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done", tmp_path, stop_timeout_s=0.3)
    server.start()
    server.stop()
    assert not server.running


def test_a_server_that_is_down_has_no_pid_and_may_be_stopped_again(tmp_path: Path) -> None:
    server = shell("echo ready; exec sleep 60", tmp_path)
    server.stop()
    server.start()
    server.kill()
    server.stop()
    with pytest.raises(StackError, match="call start"):
        _ = server.pid


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    server = shell("echo ready; exec sleep 60", tmp_path)
    server.start()
    pid = server.pid
    server.start()
    assert server.pid == pid
    server.kill()


def test_the_environment_adds_to_the_inherited_one(tmp_path: Path) -> None:
    server = Process(
        "server",
        [
            sys.executable,
            "-c",
            "import os, time; print(os.environ['GREETING'], 'PATH' in os.environ, flush=True); time.sleep(60)",
        ],
        tmp_path,
        ready=lambda: server.logged("hello True"),
        environment={"GREETING": "hello"},
    )
    server.start()
    server.kill()
