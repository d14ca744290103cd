"""Arming orders on their way into the log: read from the shards, joined with a new one, written to every partition."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stream.commands.publishing import control_key
from stream.errors import InputError, StateError
from stream.intake.control import sign
from stream.intake.directory import Directory
from stream.policy.arming_book import ARMING_FIELD, ArmingBook, effect_ends_ms, joined
from stream.policy.arming_order import ARMING_SOURCE, ORDERS_MAX, ArmingOrder, ArmingPayload, Scope
from stream.policy.declared import FLAGGING
from stream.settings import Settings
from stream.state.keys import QUEUES
from stream.state.port import ShardStore
from stream.transport.identity import PARTITIONS
from stream.transport.port import Producer

_DIRECTORY = b"directory"


@dataclass(frozen=True, slots=True)
class HeldArming:
    """What the shards of `judgments` hold, together."""

    partitions: int
    version: int  # the highest of any shard
    orders: tuple[ArmingOrder, ...]
    book: ArmingBook  # all orders, and the earliest that any shard saw queues and detectors
    behind: tuple[int, ...]  # partitions that lack an order which others have
    vendors_of: dict[str, frozenset[str]]  # by queue that is open somewhere; empty: any vendor


async def held_arming(store: ShardStore, settings: Settings, partitions: int) -> HeldArming:
    """Reads it from every shard of `judgments`. May raise `Unavailable`."""
    books, directories = [], []
    for number in range(partitions):
        loaded = await store.load(f"{settings.judgments}:{number}", {QUEUES: [ARMING_FIELD, _DIRECTORY]})
        arming, directory = loaded[QUEUES]
        books.append(ArmingBook() if arming is None else ArmingBook.from_bytes(arming))
        directories.append(Directory() if directory is None else Directory.from_bytes(directory))
    orders = joined(*(book.orders for book in books))
    queues = [queue for directory in directories for queue in directory.queues if queue.is_open]
    return HeldArming(
        partitions=partitions,
        version=max((directory.version(ARMING_SOURCE) for directory in directories), default=0),
        orders=orders,
        book=_together(books, orders),
        behind=tuple(number for number, book in enumerate(books) if set(orders) - set(book.orders)),
        vendors_of={queue.name: queue.vendors for queue in queues},
    )


async def partition_count(store: ShardStore, settings: Settings) -> int:
    """Partitions of `judgments` as its first shard knows them. Raises StateError when no worker ran yet."""
    head = await store.head(f"{settings.judgments}:0")
    if head is None:
        raise StateError(
            f"Redis holds no shard of {settings.judgments} under the prefix {settings.redis_prefix!r}: start a worker, "
            "or correct --redis and --prefix"
        )
    return int(head.fields.get(PARTITIONS + settings.judgments.encode(), b"%d" % settings.partitions))


def check_scope(scope: Scope, held: HeldArming) -> None:
    """Raises InputError for a name that means nothing here: a misspelt one must not pass for done."""
    if scope.detector is not None and scope.detector not in FLAGGING:
        raise InputError(f"no detector {scope.detector!r} opens findings; there are {', '.join(FLAGGING)}")
    if scope.queue is not None and scope.queue not in held.vendors_of:
        raise InputError(f"the shards know no open queue {scope.queue!r}; there are {_listed(held.vendors_of)}")
    queues = [scope.queue] if scope.queue is not None else list(held.vendors_of)
    lists = [held.vendors_of[queue] for queue in queues]
    known = frozenset[str]().union(*lists)
    if scope.vendor is not None and all(lists) and scope.vendor not in known:
        raise InputError(f"vendor {scope.vendor!r} works in none of {_listed(queues)}; there are {_listed(known)}")


def check_room(order: ArmingOrder, held: HeldArming) -> None:
    """Raises InputError when there would be more lasting orders than a record takes."""
    lasting = [one for one in joined(held.orders, [order]) if effect_ends_ms(one, [*held.orders, order]) is None]
    if len(lasting) > ORDERS_MAX:
        raise InputError(f"{ORDERS_MAX} orders have no end; order about a whole queue or vendor instead of each alone")


async def publish_orders(
    producer: Producer, settings: Settings, held: HeldArming, new: Iterable[ArmingOrder] = ()
) -> int:
    """Writes every order that is known and the new ones to each partition of `judgments`; answers the version.

    Waits for Kafka. May be done again without harm: a shard takes only what it does not hold.
    """
    now_ms = time.time_ns() // 1_000_000
    version = max(now_ms, held.version + 1)
    payload = ArmingPayload(orders=joined(held.orders, new))
    record = sign(control_key(settings), source=ARMING_SOURCE, version=version, at=now_ms, payload=payload)
    for number in range(held.partitions):
        await producer.send(settings.judgments, record, partition=number)
    return version


def _together(books: Sequence[ArmingBook], orders: tuple[ArmingOrder, ...]) -> ArmingBook:
    born = [book.deployment_ms for book in books if book.deployment_ms is not None]
    return ArmingBook(
        orders=orders,
        deployment_ms=min(born, default=None),
        queues=_earliest(book.queues for book in books),
        detectors=_earliest(book.detectors for book in books),
    )


def _earliest(seen: Iterable[dict[str, int]]) -> dict[str, int]:
    earliest: dict[str, int] = {}
    for one in seen:
        earliest |= {name: min(at_ms, earliest.get(name, at_ms)) for name, at_ms in one.items()}
    return earliest


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none yet: publish the queues file with `raterwatch topics --queues FILE`"
