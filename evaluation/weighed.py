"""A short stage 1 for simulated crews: each judgment once, with its peers and what they lead one to expect of it.

Posterior B of the design: votes by each rater's stale skill and label mix, refreshed every 200 judgments of the crew's
queue; the predictive calibrated by what is observed, per likeliest label and log odds. A judgment is weighed on arrival
if two peers are there, else when the item has three labels; the queue's first hundred only train the calibration.
"""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from evaluation.worlds import OPEN_ITEMS, Chunk
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Floats, Ints

PEERS = 7
# A judgment with its peers; as a predictive it has the fields that stream/quality/predictive.py describes.
WEIGHED = np.dtype(
    [
        ("rater", "i4"),
        ("label", "i4"),
        ("judged", "i4"),  # the rater's judgments so far
        ("peers", "i4"),
        ("before", "i4"),  # how many of the peers had judged the item before this rater: the first ones
        ("peer", "i4", (PEERS,)),
        ("peer_label", "i4", (PEERS,)),
        ("labels", "u1", (4,)),
        ("shares", "u2", (4,)),
    ]
)

_ENOUGH = 3  # labels at which an item's judgments are weighed
_REFRESH, _WARM_UP = 200, 100
_BINS = 12
_GRID = np.arange(11) / 10.0
_USUAL = np.log(np.array([1, 1, 1, 1, 1.5, 2, 3, 4, 4, 3, 2]))
_COUNT, _MEAN = 0, 1  # places in _Queue.sums: judgments weighed, the sum of the posterior of their labels


class _Queue(NamedTuple):
    item: Ints  # [row] whose row it is
    raters: Ints  # [row, seat]
    labels: Ints  # [row, seat]
    taken: Ints  # [row]
    weighed: Ints  # [row] seats that were weighed
    counts: Ints  # [rater, label]
    skills: Floats  # [rater, grid] log likelihoods
    votes: Floats  # [rater, label] nats
    seen: Floats  # [label, bin] times that it was the likeliest
    hits: Floats  # [label, bin] times that it was given then
    sums: Floats
    mix: Floats  # [label]


def weighed(chunks: Iterable[Chunk], raters: int, classes: int, redundancy: int) -> Iterator[tuple[int, np.ndarray]]:
    """WEIGHED records of each chunk, in the order of weighing, with their crew's number."""
    crew = None
    for chunk in chunks:
        if chunk.crew != crew:
            crew, queue = chunk.crew, _begin(raters, classes, redundancy)
        out = np.zeros(len(chunk.item) * redundancy, WEIGHED)
        made = _advance(chunk.item, chunk.rater, chunk.label, queue, out)
        yield chunk.crew, out[:made]


def _begin(raters: int, classes: int, redundancy: int) -> _Queue:
    rows = (OPEN_ITEMS, redundancy)
    return _Queue(
        item=np.full(OPEN_ITEMS, -1),
        raters=np.zeros(rows, np.int64),
        labels=np.zeros(rows, np.int64),
        taken=np.zeros(OPEN_ITEMS, np.int64),
        weighed=np.zeros(OPEN_ITEMS, np.int64),
        counts=np.zeros((raters, classes), np.int64),
        skills=np.zeros((raters, len(_GRID))),
        votes=np.ones((raters, classes)),
        seen=np.zeros((classes, _BINS)),
        hits=np.zeros((classes, _BINS)),
        sums=np.zeros(2),
        mix=np.full(classes, 1.0 / classes),
    )


@compiled
def _advance(items: Ints, raters: Ints, labels: Ints, queue: _Queue, out: np.ndarray) -> int:
    made = 0
    for judgment in range(len(items)):
        row = items[judgment] % OPEN_ITEMS
        if queue.item[row] != items[judgment]:
            queue.item[row], queue.taken[row], queue.weighed[row] = items[judgment], 0, 0
        seat = queue.taken[row]
        queue.raters[row, seat], queue.labels[row, seat] = raters[judgment], labels[judgment]
        queue.taken[row] += 1
        queue.counts[raters[judgment], labels[judgment]] += 1
        if queue.counts.sum() % _REFRESH == 0:
            _refresh(queue)
        if seat + 1 < min(_ENOUGH, queue.raters.shape[1]):
            continue
        for own in range(queue.weighed[row], seat + 1):
            _weigh(row, own, queue, out[made])
            made += queue.sums[_COUNT] > _WARM_UP
        queue.weighed[row] = seat + 1
    return made


@compiled
def _weigh(row: int, own: int, queue: _Queue, one: np.ndarray) -> None:
    rater, label, classes = queue.raters[row, own], queue.labels[row, own], len(queue.mix)
    right = _posterior(row, own, queue)
    mean = _mean(queue)
    model = right * mean + (1.0 - right) * (1.0 - mean) / (classes - 1)
    top = np.argmax(right)
    odds = math.log(max(right[top], 1e-9) / max(1.0 - right[top], 1e-4))
    b = min(max(int((odds + 1.0) / 0.7), 0), _BINS - 1)
    hit = min(max((queue.hits[top, b] + 15.0 * model[top]) / (queue.seen[top, b] + 15.0), 0.02), 0.98)
    shares = model * (1.0 - hit) / (1.0 - model[top])
    shares[top] = hit
    one["rater"], one["label"], one["judged"] = rater, label, queue.counts[rater].sum()
    one["peers"], one["before"] = 0, own
    for seat in range(queue.taken[row]):
        if seat != own:
            one["peer"][one["peers"]], one["peer_label"][one["peers"]] = (
                queue.raters[row, seat],
                queue.labels[row, seat],
            )
            one["peers"] += 1
    order = np.argsort(-shares)
    for place in range(min(len(order), 4)):
        one["labels"][place], one["shares"][place] = order[place], int(shares[order[place]] * 65_535.0 + 0.5)
    queue.seen[top, b] += 1.0
    queue.hits[top, b] += label == top
    queue.sums[_COUNT] += 1.0
    queue.sums[_MEAN] += right[label]
    fit = 0.5 * right[label] + 0.5 * model[label]
    for grid in range(len(_GRID)):
        queue.skills[rater, grid] += math.log(_GRID[grid] * fit + (1.0 - _GRID[grid]) * queue.mix[label] + 1e-4)


@compiled
def _posterior(row: int, own: int, queue: _Queue) -> Floats:
    """Of the right answer, from all labels but one."""
    logs = np.log(0.7 * queue.mix + 0.3 / len(queue.mix))
    for seat in range(queue.taken[row]):
        if seat != own:
            logs[queue.labels[row, seat]] += queue.votes[queue.raters[row, seat], queue.labels[row, seat]]
    weights = np.exp(logs - logs.max())
    normal: Floats = weights / weights.sum()
    return normal


@compiled
def _refresh(queue: _Queue) -> None:
    classes, totals = len(queue.mix), queue.counts.sum(axis=0)
    queue.mix[:] = (totals + 1.0) / (totals.sum() + classes)
    good = 0.5 + 0.5 * _mean(queue)
    other = (1.0 - good) / (classes - 1)
    for rater in range(len(queue.counts)):
        logs = queue.skills[rater] + _USUAL
        weights = np.exp(logs - logs.max())
        skill = (weights * _GRID).sum() / weights.sum()
        for label in range(classes):
            own = (queue.counts[rater, label] + 4.0 * queue.mix[label]) / (queue.counts[rater].sum() + 4.0)
            right, wrong = skill * good + (1.0 - skill) * own, skill * other + (1.0 - skill) * own
            queue.votes[rater, label] = math.log((right + 1e-6) / (wrong + 1e-6))


@compiled
def _mean(queue: _Queue) -> float:
    mean = (queue.sums[_MEAN] + 37.5) / (queue.sums[_COUNT] + 50.0)
    return float(min(max(mean, 0.55 if len(queue.mix) == 2 else 0.4), 0.95))  # noqa: PLR2004
