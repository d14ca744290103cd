"""How far the facts have come: what is stored beside the rows, in the same transaction."""

import secrets

import msgspec

from stream.quality.outcome_message import BEGINNING

Day = int  # days since 1 January 1970


class TopicPlace(msgspec.Struct, frozen=True):
    """A topic as it was followed: its identity in Kafka, and the next offset of each partition."""

    topic_id: str
    offsets: list[int]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Positions and what they go with. `number` counts commits: one that does not follow is refused."""

    number: int = 0
    first_day: Day = 0  # changes of earlier days are passed over: they are pruned, or were never followed whole
    accept_first: bool = False  # a source that nothing was applied of may begin anywhere
    topics: dict[str, TopicPlace] = {}
    applied: list[list[tuple[int, int]]] = []  # [partition of outcomes][source]: last (source offset, part)
    followed_ms: list[int] = []  # log time of the latest record of each partition of outcomes
    zones: dict[str, str] = {}  # of queues seen so far: their days stay in the zone that they began with
    # Raters to be forgotten, by hash: where it was read, as (partition of outcomes, source).
    leaving: dict[int, list[tuple[int, int]]] = {}
    erased: dict[str, int] = {}  # keyed hashes of forgotten pseudonyms: log time of the order
    key: str = ""  # of these hashes, hex; made when the store is


def first_standing(key: str | None = None) -> Standing:
    """Of a new store."""
    return Standing(key=key or secrets.token_hex(32))


def nothing_applied(partitions: int, sources: int) -> list[list[tuple[int, int]]]:
    """`Standing.applied` at the beginning."""
    return [[(BEGINNING.offset, BEGINNING.part)] * sources for _ in range(partitions)]
