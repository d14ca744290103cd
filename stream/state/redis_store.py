"""The shard port on Redis: one script and one round trip a commit."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.cluster import RedisCluster
from redis.exceptions import NoScriptError, RedisError

from stream.state.keys import HEAD, OUTBOX, all_keys_pattern, full_key
from stream.state.port import Commit, Head, Refusal
from stream.state.redis_errors import MOVED_AWAY, meaning, refusal_code
from stream.state.rules import check_field_names, head_of
from stream.state.scripts import CLAIM, COMMIT, Script

Client = Redis | RedisCluster
Value = TypeVar("Value")

_SCAN_FIELDS = 2_000  # fields a HSCAN step asks for: small keys take one round trip, large ones never block Redis
_SCAN_KEYS = 1_000


class RedisStore:
    """Shards in Redis, made by `stream.state.connect.open_store`.

    `client` has no retries of its own; all keys start with `prefix`; errors name `server`, an address without secrets.
    """

    def __init__(self, client: Client, prefix: str, server: str) -> None:
        self.client = client
        self.prefix = prefix
        self.server = server

    def __repr__(self) -> str:
        return f"RedisStore({self.server}, prefix={self.prefix!r})"

    async def head(self, shard: str) -> Head | None:
        """Reads without claiming."""
        return head_of(await self.call("HGETALL", self._key(shard, HEAD)))

    async def claim(self, shard: str, owner: bytes, birth: Mapping[bytes, bytes], offset: int | None) -> Head | None:
        """Takes the shard over; a birth first clears what an earlier life left without a head."""
        check_field_names(birth)
        head = self._key(shard, HEAD)
        found = await self._run(CLAIM, [head], [owner, b""])
        if not found and offset is not None:
            left_over = [key for key in await self._all_keys(shard) if key != head]
            fields = chain.from_iterable(birth.items())
            found = await self._run(CLAIM, [head, *left_over], [owner, b"%d" % offset, *fields])
        return head_of(dict(zip(found[::2], found[1::2], strict=True))) if found else None

    async def load(self, shard: str, wanted: Mapping[str, Sequence[bytes]]) -> dict[str, list[bytes | None]]:
        """Values of the wanted fields, in the order asked, in one round trip."""
        asked = {key: names for key, names in wanted.items() if names}
        loaded: dict[str, list[bytes | None]] = {key: [] for key in wanted}
        if len(asked) == 1:
            [(key, names)] = asked.items()
            loaded[key] = await self.call("HMGET", self._key(shard, key), *names)
        elif asked:
            loaded.update(zip(asked, await self._load_all(shard, asked), strict=True))
        return loaded

    async def scan(self, shard: str, key: str) -> dict[bytes, bytes]:
        """A whole key, in steps when it is large."""
        steps = self.client.hscan_iter(self._key(shard, key), count=_SCAN_FIELDS)
        async with self._translated():
            return {name: value async for name, value in steps}

    async def find(self, shard: str, key: str, pieces: Sequence[bytes]) -> list[bytes]:
        """Fields whose value holds any of the pieces; the values are looked through as they come, and not kept."""
        steps = self.client.hscan_iter(self._key(shard, key), count=_SCAN_FIELDS)
        async with self._translated():
            # A step may name a field again that an earlier one has named.
            names = {name async for name, value in steps if any(piece in value for piece in pieces)}
        return sorted(names)

    async def commit(self, shard: str, commit: Commit) -> Refusal | None:
        """Compares and writes in one script."""
        check_field_names(commit.head)
        answer = await self._run(COMMIT, self._commit_keys(shard, commit), _commit_arguments(commit))
        return None if answer == b"stored" else Refusal(answer.decode())

    async def outbox(self, shard: str) -> list[bytes]:
        """Messages of the last commit, in order."""
        messages: list[bytes] = await self.call("LRANGE", self._key(shard, OUTBOX), b"0", b"-1")
        return messages

    async def wipe(self, shard: str) -> None:
        """Deletes the head, after which no commit can add a key, and then the rest: a birth would clear leftovers."""
        await self.call("UNLINK", self._key(shard, HEAD))
        if keys := await self._all_keys(shard):
            await self.call("UNLINK", *keys)

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.aclose()

    def _key(self, shard: str, name: str) -> bytes:
        return full_key(self.prefix, shard, name)

    def _commit_keys(self, shard: str, commit: Commit) -> list[bytes]:
        names = [HEAD, OUTBOX, *commit.dropped, *_filled(commit.removed), *_filled(commit.rows)]
        return [self._key(shard, name) for name in names]

    async def _all_keys(self, shard: str) -> list[bytes]:
        pattern = all_keys_pattern(self.prefix, shard)
        async with self._translated():
            return [key async for key in self.client.scan_iter(match=pattern, count=_SCAN_KEYS)]

    async def _load_all(self, shard: str, asked: Mapping[str, Sequence[bytes]]) -> list[list[bytes | None]]:
        pipeline = self.client.pipeline(transaction=False)
        for key, names in asked.items():
            pipeline.execute_command("HMGET", self._key(shard, key), *names)
        async with self._translated():
            # An error raised by the pipeline would quote the command, and with it ids of raters.
            replies = await pipeline.execute(raise_on_error=False)
            for reply in replies:
                if isinstance(reply, Exception):
                    raise reply
        return replies

    async def _run(self, script: Script, keys: Sequence[bytes], arguments: Sequence[bytes]) -> Any:
        """Runs a script by its digest; sends its text when the server does not know it (a restart, SCRIPT FLUSH)."""
        count = b"%d" % len(keys)
        try:
            return await self.call("EVALSHA", script.digest, count, *keys, *arguments)
        except NoScriptError:
            return await self.call("EVAL", script.text, count, *keys, *arguments)

    async def call(self, *command: str | bytes, **routing: Any) -> Any:
        """One command, with this product's errors; `routing` is redis-py's, for a cluster."""
        async with self._translated():
            return await self.client.execute_command(*command, **routing)

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        """Turns redis-py's errors into this product's; NoScriptError and faults of this program pass."""
        try:
            yield
        except (RedisError, OSError) as error:
            known = None if isinstance(error, NoScriptError) else meaning(error, self.server)
            if known is None:
                raise
            if refusal_code(error) in MOVED_AWAY and isinstance(self.client, Redis):
                await self.client.connection_pool.disconnect(inuse_connections=False)
            raise known from error


def _commit_arguments(commit: Commit) -> list[bytes]:
    """ARGV of commit.lua."""
    removed, rows = _filled(commit.removed), _filled(commit.rows)
    numbers = [
        2 * len(commit.head),
        -1 if commit.outbox is None else len(commit.outbox),
        len(commit.dropped),
        len(removed),
        *map(len, removed.values()),
        *(2 * len(pairs) for pairs in rows.values()),
    ]
    arguments = [commit.owner, b"%d" % commit.expected, b"%d" % commit.offset, commit.commit]
    arguments += [b"%d" % number for number in numbers]
    arguments += chain.from_iterable(commit.head.items())
    arguments += commit.outbox or ()
    arguments += chain.from_iterable(removed.values())
    for pairs in rows.values():
        arguments += chain.from_iterable(pairs)
    return arguments


def _filled(lists: Mapping[str, Sequence[Value]]) -> dict[str, Sequence[Value]]:
    return {key: values for key, values in lists.items() if values}
