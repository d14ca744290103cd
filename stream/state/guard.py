"""What a Redis server must be before a worker trusts its state to it; `worker` and `doctor` ask here."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

from redis.asyncio.cluster import RedisCluster

from stream.errors import SettingsError, Unavailable
from stream.state.keys import PROBE_SHARD
from stream.state.port import Commit
from stream.state.redis_errors import LOGIN_CODES, refusal_code
from stream.state.redis_store import RedisStore

OLDEST_VERSION = (6, 2)
WORKER_ACL = "-@all +@connection +@read +@write +evalsha +eval -@dangerous +info"


@dataclass(frozen=True, slots=True)
class ServerReport:
    """One server that passed, and what an operator should still know; a cluster gives one for each primary.

    `max_memory_bytes` is 0 when the server has no limit.
    """

    server: str
    product: str
    version: str
    max_memory_bytes: int
    used_memory_bytes: int
    append_only: bool
    warnings: tuple[str, ...]


async def check_servers(store: RedisStore) -> list[ServerReport]:
    """Looks at every primary, then claims, commits and wipes a shard that no partition has.

    Raises SettingsError, naming the fix, for a server that would lose or refuse state; Unavailable as the store does.
    """
    try:
        reports = [_judged(server, facts) for server, facts in (await facts_of(store)).items()]
        await _probe(store)
    except Unavailable as error:
        if refusal_code(error.__cause__) in LOGIN_CODES:
            acl = f"~{store.prefix}* {WORKER_ACL}"
            raise SettingsError(f"{error}. A worker's user needs: {acl}") from error
        raise
    return reports


async def facts_of(store: RedisStore) -> dict[str, Mapping[str, Any]]:
    """INFO of each server, by its address."""
    clustered = isinstance(store.client, RedisCluster)
    if clustered:
        found: dict[str, Mapping[str, Any]] = await store.call("INFO", target_nodes=RedisCluster.PRIMARIES)
    else:
        found = {store.server: await store.call("INFO")}
    for server, facts in found.items():
        if facts.get("cluster_enabled", 0) and not clustered:
            raise SettingsError(f"Redis at {server} is part of a cluster: write redis+cluster:// in its URL")
    return found


def _judged(server: str, facts: Mapping[str, Any]) -> ServerReport:
    version = str(facts["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_VERSION:
        oldest = ".".join(map(str, OLDEST_VERSION))
        raise SettingsError(f"Redis at {server} is version {version}: use {oldest} or later, or Valkey")
    policy = facts["maxmemory_policy"]
    if policy != "noeviction":
        raise SettingsError(
            f"Redis at {server} has maxmemory-policy {policy} and would throw state away when memory is full: "
            "set maxmemory-policy noeviction"
        )
    if facts["role"] != "master":
        raise SettingsError(f"Redis at {server} is a replica: let the URL lead to the primary")
    return ServerReport(
        server=server,
        product="valkey" if facts.get("server_name") == "valkey" else "redis",
        version=str(facts.get("valkey_version", version)),
        max_memory_bytes=int(facts["maxmemory"]),
        used_memory_bytes=int(facts["used_memory"]),
        append_only=bool(facts["aof_enabled"]),
        warnings=tuple(_warnings(facts)),
    )


def _warnings(facts: Mapping[str, Any]) -> list[str]:
    found = []
    if not facts["aof_enabled"]:
        found.append(
            "appendonly is off: after a restart of Redis the state since its last snapshot is replayed from Kafka; "
            "set appendonly yes"
        )
    if not facts["maxmemory"]:
        found.append("maxmemory is not set: the system may kill Redis when memory is full; set maxmemory")
    return found


async def _probe(store: RedisStore) -> None:
    """Does once what a worker does all day, with a token of its own so that workers starting together do not meet."""
    token = token_bytes(16)
    shard = f"{PROBE_SHARD}{token.hex()}"
    await store.claim(shard, token, {}, 0)
    whole = Commit(
        token, 0, 1, token, {b"probe": b"1"}, {"probe": [(b"row", b"1")]}, {"probe": [b"gone"]}, ["old"], [b"message"]
    )
    refusal = await store.commit(shard, whole)
    if refusal is not None:
        raise Unavailable(f"Redis at {store.server} refused a probe commit ({refusal}), as in a fail-over: try again")
    await store.load(shard, {"probe": [b"row"], "other": [b"row"]})
    await store.scan(shard, "probe")
    await store.outbox(shard)
    await store.wipe(shard)
