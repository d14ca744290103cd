"""A small stage 1 for simulated worlds: what the peers make of each answer, once per judgment.

Posterior B alone: each label on an item is a vote weighed by its rater's stale skill and label mix, a refresh every 200
judgments. How often raters give the item's likeliest label is counted per label and certainty of the item, over raters
in good standing only: the predictive says what an honest rater answers, not what the crowd does.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from evaluation.worlds import OPEN_ITEMS
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import Floats, Ints
from stream.quality.schema import SHARE

PREDICTIVE = np.dtype(
    [("shares", "u2", 4), ("own", "u2"), ("q_own", "u2"), ("a0_own", "u2"), ("labels", "u1", 4), ("peers", "u1")]
)
_BINARY = 2
_REFRESH, _WARM_UP = 200, 100  # judgments of the queue
_BINS, _BIN_NATS = 12, 0.7  # of the likeliest label's log odds
_SKILLS = (0.0, 0.25, 0.5, 0.75, 1.0)
_SKILL_WEIGHTS = (2.0, 2.5, 5.5, 8.0, 5.0)
_GOOD_STANDING = 0.8  # share of the mean skill of those who reach half of the crew's
_LEAST_HIT, _MOST_HIT = 0.02, 0.99


class Reference(NamedTuple):
    """What stage 1 knows of a crew's queue and its raters."""

    raters: Ints  # [item % OPEN_ITEMS, seat]
    labels: Ints  # [item % OPEN_ITEMS, seat]
    item: Ints  # [item % OPEN_ITEMS] whose row it is
    taken: Ints  # [item % OPEN_ITEMS]
    judged: Ints  # of each rater
    counts: Ints  # of each label, off the golds
    mix: Ints  # [rater, label]
    skills: Floats  # [rater, skill] log likelihood
    votes: Floats  # [rater, label] weight of a vote, as of the last refresh
    good: Floats  # [rater] 1 if in good standing, as of the last refresh
    hits: Floats  # [label, bin, (hits, seen)]
    totals: Floats  # judgments; Σ q_own; their number; right on golds; golds


class Scored(NamedTuple):
    """Judgments in the order of scoring; `known` is -1 off the golds, whose `said` is empty. `hit` is for golds."""

    rater: Ints
    label: Ints
    judged: Ints
    known: Ints
    hit: Floats
    counts: Ints  # [judgment, label]
    said: Any


def reference(raters: int, classes: int, redundancy: int) -> Reference:
    """Knows nothing yet."""
    rows = (OPEN_ITEMS, redundancy)
    return Reference(
        raters=np.zeros(rows, np.int64),
        labels=np.zeros(rows, np.int64),
        item=np.full(OPEN_ITEMS, -1),
        taken=np.zeros(OPEN_ITEMS, np.int64),
        judged=np.zeros(raters, np.int64),
        counts=np.zeros(classes, np.int64),
        mix=np.zeros((raters, classes), np.int64),
        skills=np.zeros((raters, len(_SKILLS))),
        votes=np.zeros((raters, classes)),
        good=np.ones(raters),
        hits=np.zeros((classes, _BINS, 2)),
        totals=np.zeros(5),
    )


def room(judgments: int, classes: int, redundancy: int) -> Scored:
    """For what so many judgments can set off."""
    rows = judgments * redundancy
    return Scored(
        rater=np.zeros(rows, np.int64),
        label=np.zeros(rows, np.int64),
        judged=np.zeros(rows, np.int64),
        known=np.zeros(rows, np.int64),
        hit=np.zeros(rows),
        counts=np.zeros((rows, classes), np.int64),
        said=np.zeros(rows, PREDICTIVE),
    )


def first(made: int, of: Scored) -> Scored:
    """The rows that were written."""
    return Scored(
        of.rater[:made],
        of.label[:made],
        of.judged[:made],
        of.known[:made],
        of.hit[:made],
        of.counts[:made],
        of.said[:made],
    )


@compiled
def predict(items: Ints, raters: Ints, labels: Ints, known: Ints, seen: Reference, out: Scored) -> int:
    """Takes in judgments in the order of arrival; returns how many of `out` were written."""
    made, enough = 0, min(3, seen.raters.shape[1])
    for judgment in range(len(items)):
        item, rater, label = items[judgment], raters[judgment], labels[judgment]
        if seen.totals[0] % _REFRESH == 0:
            _refresh(seen)
        seen.totals[0] += 1
        seen.judged[rater] += 1
        if known[judgment] >= 0:
            out.hit[made] = (seen.totals[3] + 6.4) / (seen.totals[4] + 8.0)
            _write(out, made, rater, label, known[judgment], seen)
            seen.totals[3] += label == known[judgment]
            seen.totals[4] += 1
            made += 1
            continue
        row = item % OPEN_ITEMS
        if seen.item[row] != item:
            seen.item[row], seen.taken[row] = item, 0
        seat = seen.taken[row]
        seen.raters[row, seat], seen.labels[row, seat] = rater, label
        seen.taken[row] += 1
        seen.counts[label] += 1
        seen.mix[rater, label] += 1
        if seat + 1 < enough:
            continue
        for own in range(0 if seat + 1 == enough else seat, seat + 1):
            _write(out, made, seen.raters[row, own], seen.labels[row, own], -1, seen)
            _score(seen, row, own, out.said[made])
            made += seen.totals[0] > _WARM_UP
    return made


@compiled
def _write(out: Scored, place: int, rater: int, label: int, known: int, seen: Reference) -> None:
    out.rater[place], out.label[place], out.known[place] = rater, label, known
    out.judged[place] = seen.judged[rater]
    out.counts[place] = seen.counts


@compiled
def _score(seen: Reference, row: int, own: int, said: Any) -> None:
    K, label, rater = len(seen.counts), seen.labels[row, own], seen.raters[row, own]
    q = _posterior(seen, row, own)
    accuracy = _accuracy(seen)
    a = q * accuracy + (1.0 - q) * (1.0 - accuracy) / (K - 1)
    uncalibrated = a[label]
    said["q_own"], said["a0_own"], said["peers"] = _u2(q[label]), _u2(a[label]), seen.taken[row] - 1
    top = int(np.argmax(q))
    odds = math.log(max(q[top], 1e-9) / max(1.0 - q[top], 1e-4))
    cell = seen.hits[top, min(max(int((odds + 1.0) / _BIN_NATS), 0), _BINS - 1)]
    before = a[top]
    hit = min(max((cell[0] + 15.0 * before) / (cell[1] + 15.0), _LEAST_HIT), _MOST_HIT)
    for k in range(K):
        a[k] = hit if k == top else (1.0 - hit) * a[k] / (1.0 - before)
    order = np.argsort(-a)
    for place in range(min(4, K)):
        said["labels"][place], said["shares"][place] = order[place], _u2(a[order[place]])
    said["own"] = _u2(a[label])
    cell[0] += seen.good[rater] * (label == top)
    cell[1] += seen.good[rater]
    seen.totals[1] += q[label]
    seen.totals[2] += 1
    m, fit = (seen.counts[label] + 1.0) / (seen.counts.sum() + K), 0.5 * (q[label] + uncalibrated)
    for g in range(len(_SKILLS)):
        seen.skills[rater, g] += math.log(_SKILLS[g] * fit + (1.0 - _SKILLS[g]) * m + 1e-4)


@compiled
def _posterior(seen: Reference, row: int, own: int) -> Floats:
    """Of the item's label, from all votes but one."""
    K = len(seen.counts)
    logs = np.log(0.7 * (seen.counts + 1.0) / (seen.counts.sum() + K) + 0.3 / K)
    for seat in range(seen.taken[row]):
        if seat != own:
            logs[seen.labels[row, seat]] += seen.votes[seen.raters[row, seat], seen.labels[row, seat]]
    q: Floats = np.exp(logs - logs.max())
    q /= q.sum()
    return q


@compiled
def _accuracy(seen: Reference) -> float:
    least = 0.55 if len(seen.counts) == _BINARY else 0.40
    return float(min(max((seen.totals[1] + 37.5) / (seen.totals[2] + 50.0), least), 0.95))


@compiled
def _refresh(seen: Reference) -> None:
    K = len(seen.counts)
    good = 0.5 + 0.5 * _accuracy(seen)
    bad = (1.0 - good) / (K - 1)
    skill = np.zeros(len(seen.judged))
    for rater in range(len(skill)):
        weights = np.exp(seen.skills[rater] - seen.skills[rater].max()) * np.array(_SKILL_WEIGHTS)
        skill[rater] = (weights * np.array(_SKILLS)).sum() / weights.sum()
        for k in range(K):
            m = (seen.counts[k] + 1.0) / (seen.counts.sum() + K)
            f = (1.0 - skill[rater]) * (seen.mix[rater, k] + 4.0 * m) / (seen.mix[rater].sum() + 4.0)
            seen.votes[rater, k] = math.log((skill[rater] * good + f + 1e-6) / (skill[rater] * bad + f + 1e-6))
    looking = skill[skill >= 0.5 * skill.mean()].mean()
    for rater in range(len(skill)):
        seen.good[rater] = 1.0 if skill[rater] >= _GOOD_STANDING * looking else 0.0


@compiled
def _u2(share: float) -> int:
    return int(np.rint(min(max(share, 0.0), 1.0) * SHARE))
