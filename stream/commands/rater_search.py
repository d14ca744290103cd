"""The items that a rater judged, found by one search through all shards: who judged what is written nowhere else."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
import xxhash

from stream.commands.held_labels import HeldLabels, held_labels
from stream.commands.reading import ShardReader, partition_count
from stream.commands.roster import Roster, read_roster
from stream.commands.search_bar import search_bar
from stream.quality.schema import Flag, Held
from stream.report.answer_parts import answered_by, joined, of_items
from stream.report.answers import Answers, Key
from stream.report.consensus import Usual, UsualCounts
from stream.report.prices import Prices
from stream.settings import Settings

_UNANSWERED = int(Flag.SKIPPED | Flag.ESCALATED | Flag.WITHDRAWN)


class Searched(NamedTuple):
    """What hangs on a rater: every answer on every item that the rater answered, and what is usual in the queues."""

    answers: Answers
    usual: Usual
    roster: Roster
    prices: Prices
    came_ms: dict[str, list[int]]  # by queue: when the rater's judgments on held items were submitted, in that order
    answered: Counter[str]  # by queue: the rater's answers on held items
    partitions: dict[bytes, int]  # item key -> partition of `judgments`


async def search(store: ShardReader, settings: Settings, rater_id: str, queues: Collection[str]) -> Searched:
    """Looks through every item of every shard once, a page at a time. May raise `Unavailable` or StateError."""
    keys = [(rater_id, queue) for queue in queues]
    roster, counted, prices = await read_roster(store, settings), UsualCounts(), Prices()
    parts: list[Answers] = []
    partitions: dict[bytes, int] = {}
    came_ms: defaultdict[str, list[int]] = defaultdict(list)
    answered: Counter[str] = Counter()
    shards = range(await partition_count(store, settings, settings.judgments))
    with search_bar("looking for the rater's items", len(shards)) as bar:
        for number in shards:
            async for held in held_labels(store, f"{settings.judgments}:{number}", roster, {}):
                counted.add(held.answers)
                prices.add(held.answers)
                _note_judgments(held, rater_id, came_ms, answered)
                part = _theirs(held.answers, keys)
                parts.append(part)
                partitions |= dict.fromkeys(part.keys, number)
                bar.looked_at(len(held.page.keys))
            bar.shard_done()
    return Searched(
        joined(parts),
        counted.usual(),
        roster,
        prices,
        {queue: sorted(times) for queue, times in came_ms.items()},
        answered,
        partitions,
    )


def _theirs(answers: Answers, keys: Iterable[Key]) -> Answers:
    rows = [answers.item[answered_by(answers, key)] for key in keys]
    return of_items(answers, np.unique(np.concatenate(rows)))


def _note_judgments(
    held: HeldLabels, rater_id: str, came_ms: defaultdict[str, list[int]], answered: Counter[str]
) -> None:
    """Training apart; what came while the rater was restricted was never counted."""
    marks = held.page.marks
    mine = (marks["rater"] == np.uint64(xxhash.xxh3_64_intdigest(rater_id.encode()))) & (marks["held"] != Held.UNSENT)
    for at in np.flatnonzero(mine & (marks["score"]["flags"] & int(Flag.TRAINING) == 0)).tolist():
        queue = held.queues[int(held.page.items["queue"][held.page.owner[at]])].name
        came_ms[queue].append(int(marks["submitted_ms"][at]))
        answered[queue] += int(not marks["score"]["flags"][at] & _UNANSWERED)
