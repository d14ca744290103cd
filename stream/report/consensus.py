"""What the raters of an item say together: a weighted vote, how sure it is, and whether it hangs on few of them.

Idea: a rater who is right with probability p, and otherwise picks any of the K - 1 other labels alike, adds
log(p (K - 1) / (1 - p)) to the label they gave (the log-likelihood ratio of the one-coin model). The label with the
largest sum is the consensus, of equal ones the one with the smaller id; exp(sum) over the labels' total is how probable
it is, which is the confidence. Where no rater's accuracy is known all share one p, which follows from how often two
raters of an item agree: A = p² + (1 - p)² / (K - 1), so p = (1 + sqrt((K - 1)(K A - 1))) / K. The vote is then the
plain majority. Whole answers are compared, of sets and ordinal levels too.

Reference: Nitzan and Paroush (1982), Optimal decision rules in uncertain dichotomous choice situations.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from stream.quality.outcome_message import QueueInfo
from stream.quality.schema import Kind
from stream.report.answers import Answers, Key

_UNIT = 1 << 16  # votes are summed in whole units of 2^-16 nat, so that equal sums are equal
_LEAST, _MOST = 0.02, 0.98  # a rater's accuracy: at least this much above chance, never surer than this


class Consensus(NamedTuple):
    """By item that has an answer, in columns."""

    item: np.ndarray  # int64: row of the answers' items, ascending
    label: np.ndarray  # uint32: code of the consensus
    confidence: np.ndarray  # float64, 0 to 1: probability of the consensus, if raters err as the vote assumes
    judgments: np.ndarray  # int64: answers on the item
    disagreement: np.ndarray  # float64, 0 to 1: share of them that differ from the consensus


class Usual(NamedTuple):
    """What a vote must know of whole queues, so that their items may be looked at a few at a time."""

    scale_of: Mapping[str, int]  # by queue: its labels, at least 2; of sets, the different answers that were given
    accuracy: Mapping[str, float]  # by queue: the p that two raters' mean agreement tells; absent without two answers


def consensus(
    answers: Answers, weights: np.ndarray, chosen: np.ndarray | None = None, usual: Usual | None = None
) -> Consensus:
    """The vote of all answers, or of the `chosen` ones (bool[answers]); `weights` as `vote_weights` gives them.

    `usual` is needed where the answers are but a part of their queues'.
    """
    kept = np.arange(len(answers.item)) if chosen is None else np.flatnonzero(chosen)
    item, label, weight = answers.item[kept], answers.label[kept], weights[answers.rater[kept]]
    order = np.lexsort((label, item))
    item, label, weight = item[order], label[order], weight[order]
    begins = np.flatnonzero(np.append(True, (item[1:] != item[:-1]) | (label[1:] != label[:-1]))[: len(item)])
    if not len(begins):
        none = np.zeros(0)
        return Consensus(none.astype("i8"), none.astype("u4"), none, none.astype("i8"), none)
    owner, answer = item[begins], label[begins]
    score, votes = np.add.reduceat(weight, begins), np.diff(np.append(begins, len(item)))
    order = np.lexsort((answer, -score, owner))
    owner, answer, score, votes = owner[order], answer[order], score[order], votes[order]
    first = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    judgments, given = np.add.reduceat(votes, first), np.diff(np.append(first, len(owner)))
    # What nobody gave has the score 0.
    scale_of = (usual or usual_of(answers)).scale_of
    unheard = np.maximum([scale_of[answers.items[at][0]] for at in owner[first].tolist()] - given, 0)
    best = np.repeat(score[first], given)
    total = np.add.reduceat(np.exp((score - best) / _UNIT), first) + unheard * np.exp(-score[first] / _UNIT)
    return Consensus(owner[first], answer[first], 1 / total, judgments, 1 - votes[first] / judgments)


def vote_weights(answers: Answers, accuracy: Mapping[Key, float], usual: Usual | None = None) -> np.ndarray:
    """int64[raters], in units of 2^-16 nat and above 0: a rater at chance hardly counts, one at 98 % counts most."""
    usual = usual or usual_of(answers)
    weights = np.ones(len(answers.raters), "i8")
    for at, (rater, queue) in enumerate(answers.raters):
        if queue in usual.scale_of:
            K = usual.scale_of[queue]
            p = min(max(accuracy.get((rater, queue), usual.accuracy.get(queue, 0.0)), 1 / K + _LEAST), _MOST)
            weights[at] = round(_UNIT * math.log(p * (K - 1) / (1 - p)))
    return weights


def usual_of(answers: Answers) -> Usual:
    """Of answers that are all there are."""
    counted = UsualCounts()
    counted.add(answers)
    return counted.usual()


class UsualCounts:
    """Adds up what `Usual` rests on, over answers that come a few items at a time; an item comes whole."""

    def __init__(self) -> None:
        self._queues: dict[str, QueueInfo] = {}
        self._same: Counter[str] = Counter()  # pairs of raters of an item who agree, both ways round
        self._pairs: Counter[str] = Counter()
        self._given: defaultdict[str, set[int]] = defaultdict(set)  # different answers, where they are sets

    def add(self, answers: Answers) -> None:
        """Counts these too."""
        self._queues |= answers.queues
        names = list(answers.queues)
        number_of = {name: number for number, name in enumerate(names)}
        owner = np.array([number_of[queue] for queue, _ in answers.items], "i8")
        cells, votes = np.unique(np.stack([answers.item, answers.label.astype("i8")], 1), axis=0, return_counts=True)
        items, judged = np.unique(answers.item, return_counts=True)
        same = np.bincount(owner[cells[:, 0]], votes * (votes - 1), len(names))
        pairs = np.bincount(owner[items], judged * (judged - 1), len(names))
        self._same.update(dict(zip(names, map(int, same), strict=True)))
        self._pairs.update(dict(zip(names, map(int, pairs), strict=True)))
        for name in (name for name, info in answers.queues.items() if info.kind == Kind.SET):
            self._given[name].update(cells[owner[cells[:, 0]] == number_of[name], 1].tolist())

    def usual(self) -> Usual:
        """What the answers so far tell."""
        scale_of = {
            name: max(2, len(self._given[name]) if info.kind == Kind.SET else len(info.labels))
            for name, info in self._queues.items()
        }
        accuracy = {
            name: (1 + math.sqrt(max((K - 1) * (K * self._same[name] / self._pairs[name] - 1), 0.0))) / K
            for name, K in scale_of.items()
            if self._pairs[name]
        }
        return Usual(scale_of, accuracy)
