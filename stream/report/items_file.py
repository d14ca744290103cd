"""items.csv and items.parquet: what the raters of each item say together, and whether that hangs on raters who need
review. Written by `backtest` and, from a live deployment, by `labels`; the columns are declared here once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Annotated, NamedTuple

import numpy as np

from stream.quality.outcome_message import QueueInfo
from stream.quality.schema import Kind
from stream.report.answers import Answers, Key
from stream.report.consensus import Usual, consensus, vote_weights
from stream.stages.known_labels import KnownLabel


class ItemRow(NamedTuple):
    """Columns of items.csv and items.parquet in order; None is an empty cell, or null."""

    item_id: Annotated[str | None, "the item; null where a deployment holds its key and its name was not found"]
    queue: Annotated[str, "the queue it was judged in"]
    consensus: Annotated[str, "the label with the most weighted votes; members of a set joined by \\|"]
    confidence: Annotated[float, "probability of the consensus, 0 to 1, if raters err as the vote assumes"]
    judgments: Annotated[int, "answers on the item: no skips, no training, one a rater"]
    disagreement: Annotated[float, "share of them that differ from the consensus, 0 to 1"]
    flips: Annotated[bool | None, "the consensus is another one without raters who need review; null: nobody else"]
    consensus_without: Annotated[str | None, "the consensus without them; null: nobody else answered"]
    labels: Annotated[Mapping[str, int], "answers by label; a JSON object in the CSV file"]
    vendors: Annotated[Mapping[str, float], "share of the answers by vendor, 0 to 1; an unknown vendor is left out"]
    known_answer: Annotated[str | None, "the known answer that stands: an auditor's, else a gold; null: none"]
    known_from: Annotated[str | None, "whose word that is: adjudication or gold"]
    item_key: Annotated[str, "xxh3_128 of queue, a zero byte and item_id, in hex: the item in Redis"]


def item_rows(
    answers: Answers,
    accuracy: Mapping[Key, float],
    flagged: AbstractSet[Key],
    known: Mapping[bytes, KnownLabel] | None = None,
    usual: Usual | None = None,
) -> Iterator[ItemRow]:
    """All items with an answer by queue and id.

    `flagged` are the raters in need of review, by rater and queue; `known` answers are by item key; `usual` is needed
    where the answers are but a part of their queues'.
    """
    weights = vote_weights(answers, accuracy, usual)
    whole = consensus(answers, weights, usual=usual)
    trusted = np.array([key not in flagged for key in answers.raters], bool)
    others = consensus(answers, weights, trusted[answers.rater], usual)
    without = dict(zip(others.item.tolist(), others.label.tolist(), strict=True))
    counts = _answers_by_item(answers)
    rows = zip(*(column.tolist() for column in whole), strict=True)
    for at, label, confidence, judgments, disagreement in sorted(rows, key=lambda row: _place(answers, row[0])):
        queue, item_id, key = _place(answers, at)
        info, other = answers.queues[queue], without.get(at)
        answer = (known or {}).get(key)
        labels, vendors = counts[at]
        yield ItemRow(
            item_id=item_id or None,
            queue=queue,
            consensus=label_text(info, label),
            confidence=confidence,
            judgments=judgments,
            disagreement=disagreement,
            flips=None if other is None else other != label,
            consensus_without=None if other is None else label_text(info, other),
            labels={label_text(info, code): n for code, n in labels.items()},
            vendors={vendor: n / judgments for vendor, n in vendors.items() if vendor},
            known_answer=label_text(info, answer.code) if answer else None,
            known_from=answer.source if answer else None,
            item_key=key.hex(),
        )


def label_text(info: QueueInfo, code: int) -> str:
    """A label as people write it; what is not among the declared ones is "other"."""
    if info.kind == Kind.SET:
        return "|".join(label for at, label in enumerate(info.labels) if code >> at & 1)
    return info.labels[code] if code < len(info.labels) else "other"


def _place(answers: Answers, at: int) -> tuple[str, str, bytes]:
    return *answers.items[at], answers.keys[at]


def _answers_by_item(answers: Answers) -> dict[int, tuple[Counter[int], Counter[str]]]:
    """By item: its answers by label code, in the labels' order, and by vendor."""
    found: defaultdict[int, tuple[Counter[int], Counter[str]]] = defaultdict(lambda: (Counter(), Counter()))
    order = np.lexsort((answers.rater, answers.label))
    columns = (column[order].tolist() for column in (answers.item, answers.label, answers.rater))
    for item, label, rater in zip(*columns, strict=True):
        labels, vendors = found[item]
        labels[label] += 1
        vendors[answers.vendors[rater]] += 1
    return found
