"""The local stack with all of its real servers."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import kafka as kafka_python
import pytest
import redis
from kafka.admin import KafkaAdminClient, NewTopic

from stack.errors import StackError
from stack.local import LocalStack
from stack.prometheus import Scraping

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    with LocalStack(prometheus=True, alertmanager=True, scraping=Scraping(interval_s=1)) as stack:
        yield stack


def test_records_survive_a_killed_kafka(stack: LocalStack, unique_name: Callable[[str], str]) -> None:
    topic = unique_name("records")
    admin = KafkaAdminClient(bootstrap_servers=stack.kafka.bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    admin.close()
    _produce(stack.kafka.bootstrap, topic, b"before")

    stack.kafka.kill()
    stack.kafka.start()
    _produce(stack.kafka.bootstrap, topic, b"after")

    consumer = kafka_python.KafkaConsumer(
        topic, bootstrap_servers=stack.kafka.bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=20_000
    )
    assert [next(consumer).value, next(consumer).value] == [b"before", b"after"]
    consumer.close()


def test_redis_keeps_its_data_over_a_kill_and_over_a_restart(stack: LocalStack) -> None:
    with redis.Redis.from_url(stack.redis.url) as client:
        client.set("first", 1)
        stack.redis.kill()
        stack.redis.start()
        client.set("second", 2)
        stack.redis.restart()
        assert client.mget("first", "second") == [b"1", b"2"]


def test_a_cut_append_only_file_loses_the_last_writes_and_no_others() -> None:
    with LocalStack(kafka=False) as own, redis.Redis.from_url(own.redis.url) as client:
        client.set("kept", 1)
        size_with_kept = own.redis.aof_size()
        client.set("lost", 2)
        own.redis.kill()
        own.redis.cut_aof(own.redis.aof_size() - size_with_kept)
        own.redis.start()
        assert client.mget("kept", "lost") == [b"1", None]


def test_a_running_redis_refuses_to_have_its_file_cut(stack: LocalStack) -> None:
    with pytest.raises(StackError, match="call kill"):
        stack.redis.cut_aof(1)


def test_redis_refuses_writes_instead_of_evicting_when_memory_is_full() -> None:
    with LocalStack(kafka=False, redis_max_memory="2mb") as own, redis.Redis.from_url(own.redis.url) as client:
        client.set("kept", 1)

        def fill_memory() -> None:
            for number in range(100):
                client.set(f"large{number}", b"x" * 100_000)

        with pytest.raises(redis.exceptions.OutOfMemoryError):
            fill_memory()
        assert client.get("kept") == b"1"


def test_a_paused_redis_answers_again_once_it_is_resumed(stack: LocalStack) -> None:
    stack.redis.pause()
    with redis.Redis.from_url(stack.redis.url, socket_timeout=0.2, retry=None) as client:
        with pytest.raises(redis.exceptions.TimeoutError):
            client.ping()
        stack.redis.resume()
        client.close()
        assert client.ping()


def test_prometheus_scrapes_the_targets_it_is_given_while_it_runs(stack: LocalStack) -> None:
    own_address = stack.prometheus.url.removeprefix("http://")
    stack.prometheus.set_targets([own_address])
    _until(lambda: _healthy_targets(stack) == [own_address])


def test_prometheus_knows_the_alertmanager(stack: LocalStack) -> None:
    def alertmanagers() -> list[str]:
        active = _get(f"{stack.prometheus.url}/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
        return [one["url"] for one in active]

    _until(lambda: alertmanagers() == [f"{stack.alertmanager.url}/api/v2/alerts"])


def test_a_server_started_by_a_thread_outlives_the_thread() -> None:
    with LocalStack(kafka=False) as own:
        own.redis.stop()
        with ThreadPoolExecutor() as pool:
            pool.submit(own.redis.start).result()
        assert redis.Redis.from_url(own.redis.url).ping()


def test_the_end_of_the_stack_leaves_neither_process_nor_folder() -> None:
    with LocalStack(prometheus=True, alertmanager=True) as own:
        pids = [server.pid for server in (own.kafka, own.redis, own.prometheus, own.alertmanager)]
    assert not any(_alive(pid) for pid in pids)
    assert not own.folder.exists()


def test_a_given_folder_stays_and_holds_the_data_for_the_next_stack(tmp_path: Path) -> None:
    with LocalStack(tmp_path, kafka=False) as own, redis.Redis.from_url(own.redis.url) as client:
        client.set("kept", 1)
    with LocalStack(tmp_path, kafka=False) as own, redis.Redis.from_url(own.redis.url) as client:
        assert client.get("kept") == b"1"


def test_servers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import pathlib, sys
from stack.local import LocalStack
with LocalStack(pathlib.Path({str(tmp_path)!r}), kafka=False) as stack:
    print(stack.redis.pid, flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as parent:
        assert parent.stdout is not None
        redis_pid = int(parent.stdout.readline())
        assert _alive(redis_pid)
        parent.send_signal(signal.SIGKILL)
        _until(lambda: not _alive(redis_pid))


def test_a_server_that_cannot_start_shows_its_log_and_stops_the_others(tmp_path: Path) -> None:
    broken = tmp_path / "alertmanager.yml"
    broken.write_text("route: nonsense")
    own = LocalStack(kafka=False, alertmanager=True, alertmanager_config=broken)
    with pytest.raises(StackError, match=r"alertmanager ended while it started; its log ends with\n(.*\n)*.*nonsense"):
        own.__enter__()
    assert not own.redis.running


def test_a_server_that_was_not_asked_for_is_named_in_the_error(stack: LocalStack) -> None:
    with LocalStack(kafka=False, redis=False) as own, pytest.raises(StackError, match="has no redis"):
        _ = own.redis


def _produce(bootstrap: str, topic: str, value: bytes) -> None:
    producer = kafka_python.KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    producer.send(topic, value).get(timeout=20)
    producer.close()


def _healthy_targets(stack: LocalStack) -> list[str]:
    targets = _get(f"{stack.prometheus.url}/api/v1/targets")["data"]["activeTargets"]
    return [target["labels"]["instance"] for target in targets if target["health"] == "up"]


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # An orphan that nobody has waited for yet is dead all the same.
    return b"State:\tZ" not in Path(f"/proc/{pid}/status").read_bytes()


def _until(holds: Callable[[], bool], timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "the condition never came to hold"
        time.sleep(0.05)
