"""Which known answers of a shard are suspect: the answers on an item are asked whenever one comes or goes.

Each rater's first answer under the known answer's guideline is a vote, weighed by what stage 2 said of that rater's
work elsewhere (votes.py); up to VOTER_CAP of them, in order of arrival. An item's further answers change no vote, so
that a much-judged item is asked again only now and then, by what is known of its voters by then. An adjudicated answer
was looked at by a person and is not suspect.

What is counted is a function of the shard's log: items with a known answer, and how many of them are suspect now. The
threshold (gold_suspect.py) lets one in a hundred right answers of a queue be suspected, and never more than one of all
its shards together.

Answers that are sets have no votes: their known answers are not counted.
"""

from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.gold_suspect import GoldDoubt, gold_doubt, suspect_from
from stream.quality.item_marks import touch
from stream.quality.item_rows import Items, Outcomes, Queues
from stream.quality.reference import VOTE
from stream.quality.schema import MARK_CHUNK, VOTER_CAP, Flag, Kept, Known, Op
from stream.quality.votes import vote

# Cells of a queue's counts, int64[GOLD_COUNTS].
KNOWN_ITEMS, SUSPECT_ITEMS, GOLD_COUNTS = 0, 1, 2

_OUT = int(Flag.SKIPPED | Flag.ESCALATED | Flag.WITHDRAWN | Flag.TRAINING | Flag.REPEAT)
_STANDING = int(Known.STANDING)
_UNCOUNTED, _TRUSTED, _SUSPECT = int(Kept.UNCOUNTED), int(Kept.TRUSTED), int(Kept.SUSPECT)
_JUDGMENT = int(Op.JUDGMENT)
_SUSPECTED_SHARE = 0.01  # of the right known answers of a queue, at most


@compiled
def doubt_gold(i: int, record: Any, slot: int, table: Items, known: Queues, out: Outcomes) -> None:
    """Asks the answers on a kept item after the batch's `i`-th record; what became or stays suspect, or is so no more,
    goes to `out.doubts`."""
    item = table.items[slot]
    row = int64(item["queue"])
    classes = int64(known.queues[row]["classes"])
    count = int64(item["marks"])
    if classes < 2 or (record["op"] == _JUDGMENT and count > VOTER_CAP and count % VOTER_CAP != 0):
        return
    before = int64(item["kept"])
    after = _UNCOUNTED
    counts = known.golds[row]
    if item["gold_state"] == _STANDING and int64(item["gold"]) < classes:
        after = _TRUSTED
        counts[KNOWN_ITEMS] += 1 if before == _UNCOUNTED else 0
    elif before != _UNCOUNTED:
        counts[KNOWN_ITEMS] -= 1
    if after == _TRUSTED and item["adjudication_state"] != _STANDING:
        doubt = _ask(slot, table, known, classes)
        most = min(1.0 / known.shards[0], _SUSPECTED_SHARE * counts[KNOWN_ITEMS])
        if doubt.nats >= suspect_from(float(counts[KNOWN_ITEMS]), most):
            after = _SUSPECT
            _note(i, row, int64(item["gold"]), doubt, out)
    if before == _SUSPECT and after != _SUSPECT:
        _note(i, row, int64(item["gold"]), GoldDoubt(0.0, 0.0, 0, 0.0, 0.0, 0.0, 0.0), out)
    if before != after:
        counts[SUSPECT_ITEMS] += (1 if after == _SUSPECT else 0) - (1 if before == _SUSPECT else 0)
        item["kept"] = after
        known.queues[row]["dirty"] = 1
        touch(table, slot, 0)


@compiled
def _ask(slot: int, table: Items, known: Queues, classes: int) -> GoldDoubt:
    item = table.items[slot]
    row = int64(item["queue"])
    key, usual = known.queues[row]["key"], known.values[row, VOTE]
    labels, weights = np.zeros(VOTER_CAP, np.int64), np.zeros(VOTER_CAP)
    voters, chunk = 0, int64(table.first[slot])
    for p in range(item["marks"]):
        mark = table.marks[chunk * MARK_CHUNK + p % MARK_CHUNK]
        if p % MARK_CHUNK == MARK_CHUNK - 1:
            chunk = int64(table.following[chunk])
        score = mark["score"]
        label = int64(score["label"])
        other_guideline = item["gold_guideline"] != 0 and item["gold_guideline"] != mark["guideline"]
        if int64(score["flags"]) & _OUT or label >= classes or other_guideline:
            continue
        labels[voters] = label
        weights[voters] = vote(known.vote_keys, known.vote_weights, mark["rater"], key, label, usual)
        voters += 1
        if voters == VOTER_CAP:
            break
    return gold_doubt(labels[:voters], weights[:voters], int64(item["gold"]), classes)


@compiled
def _note(i: int, queue: int, known: int, doubt: GoldDoubt, out: Outcomes) -> None:
    note = out.doubts[out.cursor[4]]
    note["record"] = i
    note["queue"] = queue
    note["known"] = known
    note["label"] = doubt.label
    note["votes"] = int64(doubt.votes)
    note["fitting"] = int64(doubt.fitting)
    note["for_label"] = int64(doubt.for_label)
    note["nats"] = doubt.nats
    note["probability"] = doubt.probability
    out.cursor[4] += 1
