"""What an item says about each of its judgments: a function of its standing judgments and its known answer alone."""

from typing import Any

import numpy as np

from stream.quality.agreement import weight
from stream.quality.compiled import compiled, int64
from stream.quality.item_marks import clear, empty, touch, unweighed
from stream.quality.item_rows import Items, Outcomes, Queues, Scratch
from stream.quality.posterior import GOLD_VOTE, belief_of, fit_of, normalise, predict
from stream.quality.reference import GOLDS, GOLDS_HIT, GOOD, VOTE, answered, as_share, gold_hits
from stream.quality.schema import PEER_CAP, UNIT, VOTER_CAP, Flag, Held, Kind, Known, Weighed
from stream.quality.votes import vote

_DERIVED = int(Flag.SCORED | Flag.GOLD_SEEN | Flag.AUDITED | Flag.AUDITED_RANDOM | Flag.REPEAT)
_ABSENT = int(Flag.SKIPPED | Flag.ESCALATED | Flag.WITHDRAWN)
_WITHDRAWN, _TRAINING, _REPEAT = int(Flag.WITHDRAWN), int(Flag.TRAINING), int(Flag.REPEAT)
_SCORED, _GOLD_SEEN, _AUDITED = int(Flag.SCORED), int(Flag.GOLD_SEEN), int(Flag.AUDITED)
_AUDITED_RANDOM = int(Flag.AUDITED_RANDOM)
_STANDING = int(Known.STANDING)
_NOT_YET, _BY_PEERS, _BY_GOLD = int(Weighed.NOT_YET), int(Weighed.BY_PEERS), int(Weighed.BY_GOLD)
_PEERS_ENOUGH = 3  # to weigh an answer, where the queue's items get that many
_SET, _UNSENT = int(Kind.SET), int(Held.UNSENT)


@compiled
def rescore(
    record: Any, slot: int, start: int, fresh: int, table: Items, known: Queues, out: Outcomes, scratch: Scratch
) -> None:
    """Recomputes the judgments from order `start` on, and sends those whose meaning changed.

    `scratch.order` holds the item's marks; `fresh` is the order of the judgment that just came, -1 for none: it is sent
    as a first one.
    """
    item = table.items[slot]
    count = item["marks"]
    queue = known.queues[item["queue"]]
    _find_own_first(start, count, table, scratch)
    for p in range(start, count):
        at = scratch.order[p]
        if table.marks[at]["score"]["flags"] & _WITHDRAWN or table.marks[at]["held"]:
            continue
        new = scratch.score[0]
        _score(p, count, item, table, known, scratch, new)
        if p == fresh and _has_class(new, queue["classes"]) and not new["flags"] & _GOLD_SEEN:
            answered(item["queue"], int64(new["label"]), known)
        weigh = _is_to_weigh(table.marks[at], new, queue)
        if p == fresh or weigh or _differ(table.marks[at]["score"], new):
            touch(table, slot, p)
            row = _send(record, at, p == fresh, queue, item["queue"], table, out, new)
            if weigh:
                table.marks[at]["weighed"] = _BY_PEERS
                predict(row, scratch.b, scratch.a, item["queue"], known)
                _note_meetings(p, count, queue["classes"], table, out, scratch)


@compiled
def _note_meetings(p: int, count: int, classes: int, table: Items, out: Outcomes, scratch: Scratch) -> None:
    """Whom the judgment at order `p` was weighed against, for the outcome just sent: those that stage 2 may know."""
    mark = table.marks[scratch.order[p]]
    seen = 0
    for o in range(count):
        other = table.marks[scratch.order[o]]
        if o == p or scratch.own_first[o] != o or not comparable(mark, other):
            continue
        if int64(other["score"]["label"]) < classes and not other["held"]:
            meeting = out.meetings[out.cursor[3]]
            meeting["key"] = other["rater"]
            meeting["row"] = out.cursor[0] - 1
            meeting["label"] = other["score"]["label"]
            meeting["before"] = other["submitted_ms"] < mark["submitted_ms"]
            out.cursor[3] += 1
        seen += 1
        if seen == PEER_CAP:
            break


@compiled
def withdraw(record: Any, at: int, slot: int, table: Items, known: Queues, out: Outcomes) -> None:
    """Sends that the judgment no longer counts, if stage 2 knows it, and clears it; its id stays remembered."""
    item = table.items[slot]
    mark = table.marks[at]
    if mark["held"] < _UNSENT:
        row = _address(record, mark, known.queues[item["queue"]], item["queue"], out)
        row["last"] = 1
        row["old"] = mark["score"]
    clear(mark)


@compiled
def comparable(one: Any, other: Any) -> bool:
    """Both answered and standing, under the same guideline version and stage."""
    a, b = one["score"]["flags"], other["score"]["flags"]
    return not ((a | b) & _ABSENT) and (a & _TRAINING) == (b & _TRAINING) and one["guideline"] == other["guideline"]


@compiled
def _find_own_first(start: int, count: int, table: Items, scratch: Scratch) -> None:
    """For each judgment the order of its rater's first answer (by submitted_at, then id) that it can be compared with.

    A newcomer alone (start > 0) has no other answer on the item, and the others' stored flag still holds.
    """
    for p in range(count):
        mark = table.marks[scratch.order[p]]
        if start > 0:
            scratch.own_first[p] = -1 if mark["score"]["flags"] & _REPEAT else p
            continue
        best = p
        for o in range(count):
            other = table.marks[scratch.order[o]]
            if other["rater"] == mark["rater"] and o != best and comparable(mark, other):
                leader = table.marks[scratch.order[best]]
                if other["submitted_ms"] < leader["submitted_ms"] or (
                    other["submitted_ms"] == leader["submitted_ms"] and other["judgment"] < leader["judgment"]
                ):
                    best = o
        scratch.own_first[p] = best


@compiled
def _is_to_weigh(mark: Any, new: Any, queue: Any) -> bool:
    """Enough peers for the first time; a judgment that a known answer has weighed is not weighed again."""
    if mark["weighed"] != _NOT_YET or new["fit_b"] == 0 or queue["classes"] == 0:
        return False
    return bool(new["peers"] >= max(1, min(_PEERS_ENOUGH, queue["redundancy"] - 1)))


@compiled
def _has_class(score: Any, classes: int) -> bool:
    """Answered, by the rater's first answer on the item, with a label that posteriors know."""
    return not score["flags"] & (_ABSENT | _REPEAT) and int64(score["label"]) < classes


@compiled
def _score(p: int, count: int, item: Any, table: Items, known: Queues, scratch: Scratch, new: Any) -> None:
    mark = table.marks[scratch.order[p]]
    stored = mark["score"]
    queue = known.queues[item["queue"]]
    kind, scale = queue["kind"], queue["scale"]
    flags = int64(stored["flags"]) & ~_DERIVED
    empty(new)
    label = int64(stored["label"])
    if not flags & _ABSENT:
        if scratch.own_first[p] != p:
            flags |= _REPEAT
            first = table.marks[scratch.order[scratch.own_first[p]]]
            new["same"] = weight(kind, scale, label, int64(first["score"]["label"]))
        else:
            _compare(p, count, item, table, known, scratch, new)
            if new["peers"] > 0:
                flags |= _SCORED
        audited = item["adjudication_state"] == _STANDING
        if _has_gold(item, mark):
            flags |= _GOLD_SEEN
            new["credit"] = weight(kind, scale, label, int64(item["adjudication"] if audited else item["gold"]))
        if audited:
            flags |= _AUDITED
            if item["adjudication_random"]:
                flags |= _AUDITED_RANDOM
            new["overturned"] = UNIT - weight(kind, scale, label, int64(item["adjudication"]))
    new["label"] = stored["label"]
    new["duration_ms"] = stored["duration_ms"]
    new["cost_micro"] = stored["cost_micro"]
    new["expected"] = stored["expected"]
    new["share"] = stored["share"]
    new["pace"] = stored["pace"]
    new["flags"] = flags
    if _has_class(new, queue["classes"]):
        _read_posteriors(item, mark, known, scratch, new)
    elif kind == _SET and flags & _SCORED:
        # The members of a set have no joint posterior: agreement stands in for it.
        share = as_share(new["agreement"] / UNIT)
        new["fit_a"] = new["belief_a"] = new["fit_b"] = new["belief_b"] = share


@compiled
def _compare(p: int, count: int, item: Any, table: Items, known: Queues, scratch: Scratch, new: Any) -> None:
    """Agreement with the peers, and their votes on the true answer."""
    mark = table.marks[scratch.order[p]]
    queue_row = item["queue"]
    queue = known.queues[queue_row]
    kind, scale, classes, key = queue["kind"], queue["scale"], queue["classes"], queue["key"]
    usual = known.values[queue_row, VOTE]
    label = int64(mark["score"]["label"])
    for z in range(classes):
        scratch.a[z] = scratch.b[z] = known.prior[queue_row, z]
    agreement, peers, seen = 0, 0, 0
    for o in range(count):
        other = table.marks[scratch.order[o]]
        if scratch.own_first[o] == o and comparable(mark, other):
            if o != p:
                theirs = int64(other["score"]["label"])
                if seen < PEER_CAP:
                    agreement += weight(kind, scale, label, theirs)
                    peers += 1
                if theirs < classes:
                    scratch.a[theirs] += usual
                    scratch.b[theirs] += vote(known.vote_keys, known.vote_weights, other["rater"], key, theirs, usual)
            seen += 1
            if seen == VOTER_CAP:
                break
    new["peers"] = peers
    new["agreement"] = (agreement + peers // 2) // peers if peers > 0 else 0


@compiled
def _read_posteriors(item: Any, mark: Any, known: Queues, scratch: Scratch, new: Any) -> None:
    """How well the answer fits the others' and a known answer; a known answer weighs it, once."""
    queue_row = item["queue"]
    queue = known.queues[queue_row]
    classes, label = int64(queue["classes"]), int64(new["label"])
    usual, good = known.values[queue_row, VOTE], known.values[queue_row, GOOD]
    by_gold = _has_gold(item, mark) and (
        item["adjudication_state"] != _STANDING or item["adjudication_random"] or mark["weighed"] == _BY_GOLD
    )
    truth = int64(item["adjudication"] if item["adjudication_state"] == _STANDING else item["gold"])
    by_gold = by_gold and truth < classes
    if by_gold:
        scratch.a[truth] += GOLD_VOTE
        scratch.b[truth] += GOLD_VOTE
    if new["peers"] == 0 and not by_gold:
        return
    own = vote(known.vote_keys, known.vote_weights, mark["rater"], queue["key"], label, usual)
    normalise(scratch.a, classes)
    normalise(scratch.b, classes)
    new["fit_a"] = fit_of(scratch.a[label], good, classes)
    new["belief_a"] = belief_of(scratch.a[label], usual)
    new["fit_b"] = fit_of(scratch.b[label], good, classes)
    new["belief_b"] = belief_of(scratch.b[label], own)
    if by_gold and mark["weighed"] == _NOT_YET:
        mark["weighed"] = _BY_GOLD
        mark["hit"] = as_share(gold_hits(queue_row, known))
        known.own[queue_row, GOLDS] += 1
        if label == truth:
            known.own[queue_row, GOLDS_HIT] += 1
    if by_gold and mark["weighed"] == _BY_GOLD:
        new["hit"] = mark["hit"]
        new["known"] = truth


@compiled
def _has_gold(item: Any, mark: Any) -> bool:
    """A known answer stands that holds under the judgment's guideline."""
    return bool(
        item["gold_state"] == _STANDING and (item["gold_guideline"] == 0 or item["gold_guideline"] == mark["guideline"])
    )


@compiled
def _differ(stored: Any, new: Any) -> bool:
    return bool(
        stored["agreement"] != new["agreement"]
        or stored["peers"] != new["peers"]
        or stored["credit"] != new["credit"]
        or stored["overturned"] != new["overturned"]
        or stored["same"] != new["same"]
        or stored["flags"] != new["flags"]
        or stored["fit_a"] != new["fit_a"]
        or stored["belief_a"] != new["belief_a"]
        or stored["fit_b"] != new["fit_b"]
        or stored["belief_b"] != new["belief_b"]
        or stored["hit"] != new["hit"]
        or stored["known"] != new["known"]
    )


@compiled
def _send(record: Any, at: int, first: bool, queue: Any, queue_row: int, table: Items, out: Outcomes, new: Any) -> Any:
    mark = table.marks[at]
    row = _address(record, mark, queue, queue_row, out)
    if first:
        row["first"] = 1
        row["profile"] = record["profile"]
        row["item_id"] = record["item_id"]
    else:
        row["old"] = mark["score"]
    row["new"] = new
    mark["score"] = new
    return row


@compiled
def _address(record: Any, mark: Any, queue: Any, queue_row: int, out: Outcomes) -> Any:
    """Takes the next outcome row and writes whom and what it concerns; training stands apart under its own key."""
    if out.cursor[1] != record["offset"]:
        out.cursor[1] = record["offset"]
        out.cursor[2] = 0
    at = out.cursor[0]
    out.destinations[at] = mark["destination"]
    row = out.rows[at]
    row["offset"] = record["offset"]
    row["part"] = out.cursor[2]
    row["rater"] = mark["rater"]
    row["queue"] = np.uint64(queue["key"]) + np.uint64(1 if mark["score"]["flags"] & _TRAINING else 0)
    row["judgment"] = mark["judgment"]
    row["guideline"] = mark["guideline"]
    row["terms"] = mark["terms"]
    row["submitted_ms"] = mark["submitted_ms"]
    row["log_ms"] = record["log_ms"]
    row["profile"] = -1
    row["item_id"] = -1
    row["queue_row"] = queue_row
    row["first"] = 0
    row["last"] = 0
    row["classes"] = queue["classes"]
    unweighed(row)
    empty(row["old"])
    empty(row["new"])
    out.cursor[0] += 1
    out.cursor[2] += 1
    return row
