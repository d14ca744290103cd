"""Raters' accuracy on known answers, counted from the file itself: the engine may have been run without them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from stream.events import Adjudication, Event, Gold, Judgment, Label
from stream.quality.agreement import weight
from stream.quality.outcome_message import QueueInfo
from stream.quality.schema import OTHER, UNIT, Kind
from stream.report.answers import Answers, Key
from stream.report.truth import KnownScore

ItemKey = tuple[str, str]  # queue and item id


class _Told(NamedTuple):
    revision: int
    label: Label | None


def known_answers(events: Iterable[Event]) -> dict[ItemKey, Label]:
    """Each item's known answer at the end: an adjudication wins over a gold, a higher revision over a lower one."""
    golds: dict[ItemKey, _Told] = {}
    adjudications: dict[ItemKey, _Told] = {}
    for event in events:
        if isinstance(event, Judgment):
            if event.gold is not None:
                golds.setdefault((event.queue, event.item_id), _Told(-1, event.gold))
        elif isinstance(event, Gold | Adjudication):
            told = adjudications if isinstance(event, Adjudication) else golds
            key, new = (event.queue, event.item_id), _Told(event.revision, event.label)
            if new.revision > told.get(key, _Told(-1, None)).revision:
                told[key] = new
    standing = golds | {key: told for key, told in adjudications.items() if told.label is not None}
    return {key: told.label for key, told in standing.items() if told.label is not None}


def known_scores(answers: Answers, known: Mapping[ItemKey, Label]) -> dict[Key, KnownScore]:
    """How right each rater is on the items of `known`, by the queue's own measure of two labels."""
    codes = [_code(answers.queues[queue], known.get((queue, item))) for queue, item in answers.items]
    infos = [answers.queues[queue] for queue, _ in answers.items]
    n, right = np.zeros(len(answers.raters), "i8"), np.zeros(len(answers.raters))
    for item, rater, label in zip(answers.item.tolist(), answers.rater.tolist(), answers.label.tolist(), strict=True):
        code = codes[item]
        if code is not None:
            n[rater] += 1
            right[rater] += weight(infos[item].kind, len(infos[item].labels), label, code) / UNIT
    return {
        key: KnownScore(int(seen), float(share))
        for key, seen, share in zip(answers.raters, n, right / np.maximum(n, 1), strict=True)
        if seen
    }


def chance_accuracy(queues: Mapping[str, QueueInfo]) -> dict[str, float]:
    """What random answers get, each label alike: mean agreement of two labels of the queue (of one-member sets)."""
    return {name: _mean_weight(info) for name, info in queues.items()}


def _mean_weight(info: QueueInfo) -> float:
    K = max(2, len(info.labels))
    if info.kind != Kind.ORDINAL:
        return 1 / K
    return sum(weight(info.kind, K, x, y) for x in range(K) for y in range(K)) / (UNIT * K * K)


def _code(info: QueueInfo, label: Label | None) -> int | None:
    """The known answer's code; None when there is none, or it is not among the declared labels."""
    if label is None:
        return None
    at = {name: number for number, name in enumerate(info.labels)}
    if isinstance(label, list):
        return sum(1 << at[member] for member in set(label)) if set(label) <= at.keys() else None
    code = at.get(str(label))
    return code if code is None or info.kind != Kind.NOMINAL or code < OTHER else None
