"""Orders about people on their way into the log, and how far the shards have followed them."""

import time
from dataclasses import dataclass

import msgspec
import xxhash

from stream.commands.held_answers import item_keys
from stream.commands.publishing import control_key
from stream.commands.reading import ShardReader, partition_count, row_key
from stream.intake.control import ControlKey
from stream.intake.directory import Directory
from stream.intake.privacy_order import PrivacyOrder, privacy_control
from stream.intake.withheld import Restriction, token_of
from stream.quality.compiled import uint64
from stream.quality.outcome_message import QueueInfo
from stream.quality.standing_bytes import partner_bytes
from stream.quality.votes import vote_key
from stream.settings import Settings
from stream.stages.rater_withholding import evidence_fields
from stream.state.keys import BOARD, EVIDENCE, FINDINGS, HISTORY, OUTBOX, QUEUES, RATERS, VOTES
from stream.transport.port import Producer

_DIRECTORY = b"directory"
_KEY_BYTES = 8


@dataclass(frozen=True, slots=True)
class HeldOrders:
    """What the shards of `judgments` hold about one rater; None where a shard has not read of it."""

    forgotten_ms: tuple[int | None, ...]  # by partition
    restrictions: tuple[Restriction | None, ...]

    @property
    def version(self) -> int:
        """The highest of any shard."""
        return max((word.version for word in self.restrictions if word is not None), default=0)

    @property
    def is_forgotten(self) -> bool:
        """Whether any shard was told to forget the rater."""
        return any(at_ms is not None for at_ms in self.forgotten_ms)

    @property
    def restriction(self) -> Restriction | None:
        """The latest word that restricts the rater, if it stands."""
        words = [word for word in self.restrictions if word is not None]
        latest = max(words, key=lambda word: word.version, default=None)
        return latest if latest is not None and latest.stands else None


async def held_orders(store: ShardReader, settings: Settings, key: ControlKey, rater_id: str) -> HeldOrders:
    """Reads every shard of `judgments`. May raise `Unavailable`, or StateError when no worker ran yet."""
    token = token_of(key, _key_of(rater_id))
    forgotten: list[int | None] = []
    restrictions: list[Restriction | None] = []
    for number in range(await partition_count(store, settings, settings.judgments)):
        [data] = (await store.load(f"{settings.judgments}:{number}", {QUEUES: [_DIRECTORY]}))[QUEUES]
        withheld = (Directory() if data is None else Directory.from_bytes(data)).withheld
        forgotten.append(withheld.forgotten.get(token))
        restrictions.append(withheld.restricted.get(token))
    return HeldOrders(tuple(forgotten), tuple(restrictions))


async def publish_order(producer: Producer, settings: Settings, held: HeldOrders, order: PrivacyOrder) -> int:
    """Writes the order into every partition of `judgments`, waits for Kafka, and answers its version.

    May be done again without harm, and must be when it was broken off: each shard follows its own log only.
    """
    now_ms = time.time_ns() // 1_000_000
    version = max(now_ms, held.version + 1)
    record = privacy_control(control_key(settings), order, version, now_ms)
    for number in range(len(held.forgotten_ms)):
        await producer.send(settings.judgments, record, partition=number)
    return version


async def places_of(store: ShardReader, settings: Settings, rater_id: str) -> list[str]:
    """The keys of Redis that hold anything of the rater: rows, findings, judgments on items, and who met the rater."""
    found = []
    for number in range(await partition_count(store, settings, settings.judgments)):
        shard = f"{settings.judgments}:{number}"
        found += [f"{shard} {key}" for key in await _in_items(store, shard, rater_id)]
    for number in range(await partition_count(store, settings)):
        shard = f"{settings.outcomes}:{number}"
        found += [f"{shard} {key}" for key in await _in_rows(store, shard, rater_id)]
    return found


async def _in_items(store: ShardReader, shard: str, rater_id: str) -> list[str]:
    rater = _key_of(rater_id)
    pieces = [rater.to_bytes(8, "little")]
    keys = [key for key in await item_keys(store, shard) if await store.find(shard, key, pieces)]
    names = await store.scan(shard, QUEUES)
    queues = [field for field in names if len(field) == _KEY_BYTES]
    votes = [int(vote_key(uint64(rater), uint64(int.from_bytes(field, "little")))) for field in queues]
    weighed = await store.load(shard, {VOTES: [key.to_bytes(_KEY_BYTES, "little") for key in votes]})
    return [*keys, *([VOTES] if any(weighed[VOTES]) else []), *await _in_outbox(store, shard, rater_id)]


async def _in_rows(store: ShardReader, shard: str, rater_id: str) -> list[str]:
    rater = _key_of(rater_id)
    rows = await _row_keys(store, shard, rater_id)
    loaded = await store.load(shard, {RATERS: rows, HISTORY: rows, EVIDENCE: evidence_fields(rows)})
    keys = [key for key, values in loaded.items() if any(values)]
    looked_for = {
        RATERS: [partner_bytes(rater)],
        FINDINGS: [rater_id.encode(), rater.to_bytes(8, "little").hex().encode()],
        BOARD: [msgspec.msgpack.encode(rater)],  # on its way out, or restricted
    }
    keys += [key for key, pieces in looked_for.items() if await store.find(shard, key, pieces)]
    return [*dict.fromkeys(keys), *await _in_outbox(store, shard, rater_id)]


async def _in_outbox(store: ShardReader, shard: str, rater_id: str) -> list[str]:
    """A commit's messages lie there until the next one."""
    rater = _key_of(rater_id)
    pieces = (rater_id.encode(), rater.to_bytes(8, "little"), msgspec.msgpack.encode(rater))
    return [OUTBOX] if any(piece in message for message in await store.outbox(shard) for piece in pieces) else []


async def _row_keys(store: ShardReader, shard: str, rater_id: str) -> list[bytes]:
    queues = [msgspec.msgpack.decode(data, type=QueueInfo).key for data in (await store.scan(shard, QUEUES)).values()]
    return [row_key(rater_id, key) for queue in queues for key in (queue, queue + 1)]


def _key_of(rater_id: str) -> int:
    return xxhash.xxh3_64_intdigest(rater_id.encode())
