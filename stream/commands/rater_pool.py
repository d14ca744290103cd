"""The raters of a queue and what each judged lately, read from Redis for samples to be judged again."""

import random
from collections import defaultdict
from collections.abc import Collection

from alerts.escalation.work.rater_pool import Judged, MemoryPool
from stream.commands.judging import findings_of
from stream.commands.reading import RaterRow, ShardReader, partition_count, read_shard
from stream.quality.groups import GROUP
from stream.quality.schema import RING, Flag
from stream.settings import Settings
from stream.stages.findings import label_name
from stream.stages.raters_stage import row_fields
from stream.state.keys import EVIDENCE, RATERS

CANDIDATES = 20  # raters without a finding whose latest judgments are read, of a queue and shard
LEAST_JUDGMENTS = 20


async def read_pool(
    store: ShardReader, settings: Settings, wanted: Collection[tuple[str, str]], chance: random.Random
) -> MemoryPool:
    """What is known of the `wanted` (queue, rater) and of some others of the same queues, drawn by chance."""
    queues = {queue for queue, _ in wanted}
    answers: dict[tuple[str, str], list[Judged]] = {}
    flagged: set[str] = set()
    for partition in range(await partition_count(store, settings)):
        hot = await store.scan(f"{settings.outcomes}:{partition}", RATERS)
        rows = await read_shard(store, settings, partition, room=len(hot))
        if rows is None:
            continue
        rows.add(list(hot), {RATERS: list(hot.values())})
        here = [row for key in hot if (row := rows.find(key)) and _works_in(row, queues)]
        flagged |= {_place(row)[1] for row in here if findings_of(row)}
        chosen = [row for row in here if _place(row) in wanted] + _candidates(here, wanted, chance)
        keys = [row.key for row in chosen]
        if keys:
            loaded = await store.load(rows.shard, {EVIDENCE: row_fields(keys)[EVIDENCE]})
            rows.add(keys, {RATERS: [hot[key] for key in keys], **loaded})
            answers |= {_place(row): _latest(row) for key in keys if (row := rows.find(key))}
    return MemoryPool(answers, sorted(flagged))


def _works_in(row: RaterRow, queues: Collection[str]) -> bool:
    return row.hot["kind"] != GROUP and not row.hot["training"] and _place(row)[0] in queues


def _place(row: RaterRow) -> tuple[str, str]:
    profile = row.table.profiles[row.slot]
    return profile.queue, profile.rater_id


def _candidates(here: list[RaterRow], wanted: Collection[tuple[str, str]], chance: random.Random) -> list[RaterRow]:
    of_queue: defaultdict[str, list[RaterRow]] = defaultdict(list)
    for row in here:
        if _place(row) not in wanted and not findings_of(row) and int(row.hot["ring_length"]) >= LEAST_JUDGMENTS:
            of_queue[_place(row)[0]].append(row)
    return [row for rows in of_queue.values() for row in chance.sample(rows, min(CANDIDATES, len(rows)))]


def _latest(row: RaterRow) -> list[Judged]:
    """The answers among the latest judgments; what was skipped cannot be judged again."""
    length, start = int(row.hot["ring_length"]), int(row.hot["ring_start"])
    ring, ids = row.table.rows.ring[row.slot], row.table.item_ids[row.slot]
    entries = [ring[(start + place) % RING] for place in range(length)]
    return [
        Judged(ids[entry["name"]], label_name(row.queue, int(entry["score"]["label"])))
        for entry in entries
        if not int(entry["score"]["flags"]) & (Flag.SKIPPED | Flag.ESCALATED)
    ]
