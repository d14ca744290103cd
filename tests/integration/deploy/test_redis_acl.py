"""The access list of docker-compose.yml on a real Redis: what each user may do, and what nobody may."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from stack.local import LocalStack
from stream.state.access import RedisAccess
from stream.state.connect import open_store
from stream.state.guard import check_servers

DEPLOY = Path(__file__).parents[3] / "deploy"
Connect = Callable[[str], "redis.Redis"]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `make secrets` makes."""
    folder = tmp_path_factory.mktemp("deploy")
    for name in ("make_secrets.sh", "redis.acl.template"):
        shutil.copy(DEPLOY / name, folder)
    subprocess.run([folder / "make_secrets.sh"], check=True, capture_output=True)
    return folder / "secrets"


@pytest.fixture(scope="module")
def address(secrets: Path) -> Iterator[str]:
    """The host:port of a Redis with the access list of these secrets."""
    with LocalStack(kafka=False) as stack:
        with redis.Redis.from_url(stack.redis.url) as owner:
            for line in (secrets / "redis_acl").read_text().splitlines():
                owner.execute_command("ACL", "SETUSER", *line.split()[1:])
        yield f"127.0.0.1:{stack.redis.port}"


@pytest.fixture
def connect(secrets: Path, address: str) -> Iterator[Connect]:
    """Makes a client for a user of the access list."""
    clients: list[redis.Redis] = []

    def client(user: str) -> redis.Redis:
        file = secrets / f"redis_{user}_password"
        password = file.read_text() if file.exists() else "any"
        clients.append(redis.Redis.from_url(f"redis://{address}", username=user, password=password, protocol=2))
        return clients[-1]

    yield client
    for one in clients:
        one.close()


async def test_the_worker_may_do_all_that_the_state_store_does(secrets: Path, address: str) -> None:
    store = open_store(RedisAccess(url=f"redis://worker@{address}/0", password_file=secrets / "redis_worker_password"))
    # Claims, commits to and wipes a shard of its own, and looks at the server's settings.
    assert [report.server for report in await check_servers(store)] == [f"redis://{address}/0"]
    await store.close()


def test_the_worker_runs_scripts_and_writes_under_its_prefix(connect: Connect) -> None:
    worker = connect("worker")
    assert worker.eval("return redis.call('HSET', KEYS[1], 'offset', 7)", 1, "rw:{judgments:0}:head") == 1
    sha = worker.script_load("return redis.call('HGET', KEYS[1], 'offset')")
    assert worker.evalsha(str(sha), 1, "rw:{judgments:0}:head") == b"7"
    assert worker.info("memory")["maxmemory_policy"] == "noeviction"


def test_the_worker_reaches_nothing_outside_its_prefix(connect: Connect) -> None:
    worker = connect("worker")
    with pytest.raises(redis.exceptions.NoPermissionError):
        worker.set("other", 1)
    with pytest.raises(redis.exceptions.ResponseError, match=r"(?i)permission"):
        worker.eval("return redis.call('SET', KEYS[1], 1)", 1, "other")


@pytest.mark.parametrize(
    "command", ["FLUSHALL", "FLUSHDB", "KEYS *", "CONFIG GET dir", "REPLICAOF NO ONE", "SHUTDOWN", "ACL LIST"]
)
def test_the_worker_may_not_use_commands_that_endanger_the_server(connect: Connect, command: str) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        connect("worker").execute_command(*command.split())


def test_the_reader_reads_and_writes_nothing(connect: Connect) -> None:
    connect("worker").hset("rw:{outcomes:0}:head", "offset", 1)
    reader = connect("reader")
    assert reader.hget("rw:{outcomes:0}:head", "offset") == b"1"
    with pytest.raises(redis.exceptions.NoPermissionError):
        reader.hset("rw:{outcomes:0}:head", "offset", 2)
    with pytest.raises(redis.exceptions.NoPermissionError):
        reader.eval("return 1", 0)


def test_the_health_check_pings_and_does_nothing_else(connect: Connect) -> None:
    health = connect("health")
    assert health.execute_command("PING")
    with pytest.raises(redis.exceptions.NoPermissionError):
        health.get("rw:{judgments:0}:head")


def test_nobody_gets_in_without_a_password(address: str) -> None:
    with redis.Redis.from_url(f"redis://{address}") as nobody, pytest.raises(redis.exceptions.AuthenticationError):
        nobody.ping()
