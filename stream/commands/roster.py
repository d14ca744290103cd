"""Everybody who has a row in `outcomes`: what the answers on an item must know of those who gave them."""

from typing import NamedTuple

from stream.commands.judging import state_of
from stream.commands.reading import RaterRow, ShardReader, partition_count, read_shard
from stream.quality.groups import GROUP
from stream.quality.rater_table import RowKey
from stream.quality.suspicion import ranked
from stream.report.answers import Key
from stream.settings import Settings
from stream.state.keys import RATERS


class Member(NamedTuple):
    """A rater at work in a queue."""

    key: Key
    vendor: str
    currency: str | None


class Roster(NamedTuple):
    """All raters on queues, training apart; a few hundred bytes each."""

    members: dict[RowKey, Member]
    accuracy: dict[Key, float]  # by peers and known answers, where it is known
    flagged: frozenset[Key]  # in need of review


async def read_roster(store: ShardReader, settings: Settings) -> Roster:
    """Reads the hot rows of every shard of `outcomes`. May raise `Unavailable` or StateError."""
    members: dict[RowKey, Member] = {}
    accuracy: dict[Key, float] = {}
    flagged: set[Key] = set()
    for partition in range(await partition_count(store, settings)):
        hot = await store.scan(f"{settings.outcomes}:{partition}", RATERS)
        rows = await read_shard(store, settings, partition, room=len(hot))
        if rows is None:
            continue
        rows.add(list(hot), {RATERS: list(hot.values())})
        for row in (row for key in hot if (row := rows.find(key)) and _is_at_work(row)):
            member = _member(row)
            members[row.key] = member
            standing = ranked(row.table.rows, row.slot)
            if standing.scored:
                accuracy[member.key] = float(standing.accuracy)
            if state_of(row) == "suspect" and row.key[:8] not in rows.silent:
                flagged.add(member.key)
    return Roster(members, accuracy, frozenset(flagged))


def _is_at_work(row: RaterRow) -> bool:
    return bool(row.hot["kind"] != GROUP and not row.hot["training"])


def _member(row: RaterRow) -> Member:
    profile = row.table.profiles[row.slot]
    return Member((profile.rater_id, profile.queue), profile.vendor, profile.currency)
