"""The ids of items that Redis knows by their key: from the rater's latest judgments, the rest from Kafka's log."""

from collections import defaultdict

from stream.commands.log_reader import SKEW_MS
from stream.commands.options import servers
from stream.commands.rater_search import Searched
from stream.commands.reading import RaterRow
from stream.commands.terminal import note
from stream.errors import Unavailable
from stream.intake.decode import item_key
from stream.quality.schema import RING
from stream.report.answers import Answers
from stream.settings import Settings


def named(settings: Settings, searched: Searched, rows: list[RaterRow]) -> Answers:
    """The answers with their items' ids, as far as they are found."""
    answers = searched.answers
    names = {key: name for row in rows for key, name in _latest(row)}
    missing: defaultdict[int, set[bytes]] = defaultdict(set)
    for key in answers.keys:
        if key not in names:
            missing[searched.partitions[key]].add(key)
    try:
        for partition, keys in missing.items():
            names |= _in_log(settings, partition, keys, min(answers.submitted_ms.tolist()) - SKEW_MS)
    except Unavailable as error:
        note(f"{error}. Items are named by their key where nothing else is known")
    return answers._replace(
        items=[(queue, names.get(key, "")) for (queue, _), key in zip(answers.items, answers.keys, strict=True)]
    )


def _latest(row: RaterRow) -> list[tuple[bytes, str]]:
    ring, ids = row.table.rows.ring[row.slot], row.table.item_ids[row.slot]
    start, length = int(row.hot["ring_start"]), int(row.hot["ring_length"])
    latest = [ids[int(ring[(start + place) % RING]["name"])] for place in range(length)]
    return [(item_key(row.queue.name, item_id), item_id) for item_id in latest]


def _in_log(settings: Settings, partition: int, keys: set[bytes], since_ms: int) -> dict[bytes, str]:
    """Reads the log until all are found."""
    found: dict[bytes, str] = {}
    for key, name in servers().log(settings).item_names(partition, since_ms):
        if key in keys:
            found[key] = name
            if len(found) == len(keys):
                break
    return found
