"""The answers that stand on the items of a shard, in the columns that the consensus is counted from."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from stream.commands.held_items import HeldItems, held_items
from stream.commands.reading import ShardReader
from stream.commands.roster import Member, Roster
from stream.intake.directory import Directory
from stream.intake.queue_row import QueueRow
from stream.quality.outcome_message import QueueInfo
from stream.quality.rater_table import RowKey
from stream.quality.schema import Flag, Held
from stream.report.answers import NO_COST, Answers
from stream.stages.known_labels import KnownLabel, known_labels
from stream.state.keys import QUEUES

_DIRECTORY = b"directory"
_NO_VOTE = int(Flag.SKIPPED | Flag.ESCALATED | Flag.TRAINING | Flag.WITHDRAWN | Flag.REPEAT)


class HeldLabels(NamedTuple):
    """Some items of a shard: what stands on them, and what is stored of them."""

    answers: Answers
    known: dict[bytes, KnownLabel]
    page: HeldItems
    queues: Sequence[QueueRow]  # by the row that ITEM names


async def held_labels(
    store: ShardReader, shard: str, roster: Roster, names: Mapping[bytes, str]
) -> AsyncIterator[HeldLabels]:
    """Every item of the shard once, with the `names` of items that are known. Nothing when it was never born.

    An answer that came while its rater was restricted is left out until the release; one of a forgotten rater
    stays, without a name and with nobody's vendor.
    """
    [data] = (await store.load(shard, {QUEUES: [_DIRECTORY]}))[QUEUES]
    if data is None:
        return
    queues = Directory.from_bytes(data).queues
    infos = {queue.name: _info(queue) for queue in queues}
    async for page in held_items(store, shard):
        known = known_labels(page.items)
        yield HeldLabels(
            _answers(page, queues, infos, roster, names),
            {page.keys[row]: label for row, label in known.items()},
            page,
            queues,
        )


def _answers(
    page: HeldItems,
    queues: Sequence[QueueRow],
    infos: dict[str, QueueInfo],
    roster: Roster,
    names: Mapping[bytes, str],
) -> Answers:
    flags = page.marks["score"]["flags"]
    standing = np.flatnonzero((flags & _NO_VOTE == 0) & (page.marks["held"] != Held.UNSENT))
    marks, owner = page.marks[standing], page.owner[standing]
    queue_of = [queues[row] for row in page.items["queue"].tolist()]
    raters, members = _raters(marks, [queue_of[row] for row in owner.tolist()], roster)
    costed = marks["score"]["flags"] & int(Flag.COSTED) != 0
    return Answers(
        items=[(queue.name, names.get(key, "")) for queue, key in zip(queue_of, page.keys, strict=True)],
        keys=page.keys,
        raters=[member.key for member in members],
        queues=infos,
        item=owner,
        rater=raters,
        label=marks["score"]["label"],
        submitted_ms=marks["submitted_ms"],
        cost_micro=np.where(costed, marks["score"]["cost_micro"].astype("i8"), NO_COST),
        vendors=[member.vendor for member in members],
        currencies=[member.currency for member in members],
    )


def _raters(marks: np.ndarray, queues: Sequence[QueueRow], roster: Roster) -> tuple[np.ndarray, list[Member]]:
    """int64[marks] into the members that follow; a forgotten rater is nobody, but the same nobody on an item."""
    number_of: dict[RowKey, int] = {}
    members: list[Member] = []
    numbers = np.empty(len(marks), "i8")
    for at, (rater, queue) in enumerate(zip(marks["rater"].tolist(), queues, strict=True)):
        key = rater.to_bytes(8, "little") + queue.key.to_bytes(8, "little")
        if key not in number_of:
            number_of[key] = len(members)
            members.append(roster.members.get(key, Member(("", queue.name), "", None)))
        numbers[at] = number_of[key]
    return numbers, members


def _info(queue: QueueRow) -> QueueInfo:
    return QueueInfo(queue.key, queue.name, int(queue.kind), queue.labels, queue.width)
