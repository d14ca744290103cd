"""What `doctor` asks Redis."""

import time

from stream.commands.checks import Check, failure, ok, warning
from stream.commands.kafka_checks import SKEW_MS
from stream.errors import Unavailable
from stream.state.guard import ServerReport, check_servers
from stream.state.redis_store import RedisStore

_FULL = 0.8  # of maxmemory: time to act before writes are refused
_MEBIBYTE = 1 << 20


async def check_redis(store: RedisStore) -> list[Check]:
    """Version, eviction, rights, memory, append-only file, clock. Raises what `check_servers` raises."""
    checks = []
    for report in await check_servers(store):
        checks.append(ok("Redis", f"{report.product} {report.version} at {report.server}: noeviction, rights suffice"))
        checks += [warning("Redis", found, remedy) for found, remedy in map(_split, report.warnings)]
        checks += [_memory(report)]
        if report.append_only:
            checks.append(ok("Redis, append-only file", "on"))
    return [*checks, await _clock(store)]


def _split(text: str) -> tuple[str, str]:
    found, _, remedy = text.rpartition("; ")
    return found, remedy


def _memory(report: ServerReport) -> Check:
    used = report.used_memory_bytes / _MEBIBYTE
    if not report.max_memory_bytes:
        return ok("Redis, memory", f"{used:,.0f} MiB used")
    shown = f"{used:,.0f} of {report.max_memory_bytes / _MEBIBYTE:,.0f} MiB used"
    if report.used_memory_bytes < _FULL * report.max_memory_bytes:
        return ok("Redis, memory", shown)
    return failure("Redis, memory", shown, "raise maxmemory: when it is full the workers pause until there is room")


async def _clock(store: RedisStore) -> Check:
    before = time.time()
    try:
        seconds, microseconds = await store.call("TIME")
    except Unavailable:
        return warning("clock, Redis", "this user may not ask for the time", "allow +time in the user's ACL")
    skew_s = int(seconds) + int(microseconds) / 1e6 - (before + time.time()) / 2
    if abs(skew_s) * 1000 > SKEW_MS:
        found = f"Redis is {abs(skew_s):.1f} s {'ahead of' if skew_s > 0 else 'behind'} this host"
        return warning("clock, Redis", found, "synchronise clocks (chrony or NTP)")
    return ok("clock, Redis", f"within {SKEW_MS / 1000:.0f} s of this host ({1000 * skew_s:+.0f} ms)")
