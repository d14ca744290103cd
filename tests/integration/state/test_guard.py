"""The start-up checks against real servers of every wrong kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.redis import Redis
from stream.errors import SettingsError, Unavailable
from stream.state.access import RedisAccess
from stream.state.guard import WORKER_ACL, check_servers
from stream.state.redis_store import RedisStore
from tests.state_suite import Opened

PASSWORD = "hunter2"


@pytest.fixture
def server(redis_server: Redis) -> Iterator[Redis]:
    yield redis_server
    redis_server.restart()  # settings and users made by a test end here


@pytest.fixture
def admin(server: Redis, opened: Opened) -> RedisStore:
    return opened(RedisAccess(server.url))


async def test_a_good_server_is_reported_and_left_as_it_was(admin: RedisStore) -> None:
    await admin.call("CONFIG", "SET", "maxmemory", "100mb")
    [report] = await check_servers(admin)
    assert report.server == admin.server
    assert report.product in {"redis", "valkey"}
    assert report.max_memory_bytes == 100 * 1024 * 1024
    assert 0 < report.used_memory_bytes < report.max_memory_bytes
    assert report.append_only
    assert report.warnings == ()
    assert await admin.call("KEYS", "*") == []


async def test_a_server_without_limit_or_append_only_file_is_warned_about(admin: RedisStore) -> None:
    await admin.call("CONFIG", "SET", "appendonly", "no")
    [report] = await check_servers(admin)
    assert [warning.split()[0] for warning in report.warnings] == ["appendonly", "maxmemory"]


async def test_an_evicting_server_is_refused(admin: RedisStore) -> None:
    await admin.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    with pytest.raises(SettingsError, match="set maxmemory-policy noeviction"):
        await check_servers(admin)


async def test_a_replica_is_refused(admin: RedisStore) -> None:
    await admin.call("REPLICAOF", "127.0.0.1", "1")
    with pytest.raises(SettingsError, match="lead to the primary"):
        await check_servers(admin)


async def test_a_full_server_is_unavailable_not_misconfigured(admin: RedisStore) -> None:
    await admin.call("CONFIG", "SET", "maxmemory", "1")
    with pytest.raises(Unavailable, match="raise maxmemory"):
        await check_servers(admin)


async def test_a_dead_server_is_unavailable(server: Redis, admin: RedisStore) -> None:
    server.kill()
    with pytest.raises(Unavailable):
        await check_servers(admin)
    server.start()


async def test_the_documented_acl_is_enough(server: Redis, admin: RedisStore, opened: Opened) -> None:
    await admin.call("ACL", "SETUSER", "worker", "on", f">{PASSWORD}", "~rw:*", *WORKER_ACL.split())
    store = opened(RedisAccess(f"redis://worker:{PASSWORD}@127.0.0.1:{server.port}"))
    assert len(await check_servers(store)) == 1


@pytest.mark.parametrize(
    "rights",
    [
        f"~other:* {WORKER_ACL}",
        f"~rw:* {WORKER_ACL} -info",
        f"~rw:* {WORKER_ACL} -unlink",
        f"~rw:* {WORKER_ACL} -hdel",
        f"~rw:* {WORKER_ACL} -evalsha",
        f"~rw:* {WORKER_ACL} -scan",
        "resetkeys +@all",
    ],
)
async def test_an_acl_that_lacks_something_is_refused_with_the_right_one(
    server: Redis, admin: RedisStore, opened: Opened, rights: str
) -> None:
    await admin.call("ACL", "SETUSER", "worker", "on", f">{PASSWORD}", *rights.split())
    store = opened(RedisAccess(f"redis://worker:{PASSWORD}@127.0.0.1:{server.port}"))
    with pytest.raises(SettingsError, match="NOPERM") as caught:
        await check_servers(store)
    assert f"~rw:* {WORKER_ACL}" in str(caught.value)
    assert PASSWORD not in str(caught.value)


async def test_a_wrong_or_missing_password_is_refused(server: Redis, admin: RedisStore, opened: Opened) -> None:
    await admin.call("ACL", "SETUSER", "default", "resetpass", f">{PASSWORD}")
    for url, code in [(server.url, "NOAUTH"), (f"redis://:guess@127.0.0.1:{server.port}", "WRONGPASS")]:
        store = opened(RedisAccess(url))
        with pytest.raises(SettingsError, match=code):
            await check_servers(store)


async def test_a_password_comes_from_its_file_at_every_new_connection(
    server: Redis, admin: RedisStore, opened: Opened, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    await admin.call("ACL", "SETUSER", "worker", "on", f">{PASSWORD}", "~rw:*", *WORKER_ACL.split())
    store = opened(RedisAccess(f"redis://worker@127.0.0.1:{server.port}", password_file=file))
    assert await store.head("judgments:7") is None

    await admin.call("ACL", "SETUSER", "worker", "resetpass", ">rotated")
    await admin.call("CLIENT", "KILL", "USER", "worker")
    for content in (PASSWORD, None):
        file.write_text(content) if content else file.unlink()
        with pytest.raises(Unavailable):
            await store.head("judgments:7")
        with pytest.raises(Unavailable, match="password file"):
            await store.head("judgments:7")
    file.write_text("rotated")
    assert await store.head("judgments:7") is None
