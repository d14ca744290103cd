"""A plain seeded load: judgments as JSON bytes, golds on a tenth of the items, corrections, redundancy 3."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stream.intake.payload import QueuePayload, SettingsPayload

QUEUE, LABELS = "bench", ("a", "b", "c", "d")
VENDORS = ("north", "south", "east")
PER_SECOND = 2_000
SETTINGS = SettingsPayload(queues=(QueuePayload(name=QUEUE, labels=LABELS),), accept_raw_ids=True)


@dataclass(frozen=True, slots=True)
class Load:
    """What to send. Shares are 0 to 1."""

    judgments: int
    raters: int = 2_000
    redundancy: int = 3
    golds: float = 0.10  # of items, inline with each judgment of the item
    corrections: float = 0.01  # of judgments: half revisions, half corrected golds
    window: int = 2_000  # items open at once
    seed: int = 1


def records(load: Load, start_ms: int, first: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """(key, value) of every record, in order of arrival; `first` numbers the first item.

    The first judgment was submitted at `start_ms`, and PER_SECOND of them each second from there on: with one time for
    all, a rater's latest judgments would be in the order of their hashes, and each newcomer would move half of them.
    """
    rng = np.random.default_rng(load.seed + first)
    items = load.judgments // load.redundancy
    arrival = np.arange(items)[:, None] + rng.exponential(load.window, (items, load.redundancy))
    order = np.argsort(arrival.ravel(), kind="stable")
    item = (order // load.redundancy).tolist()
    turn = (order % load.redundancy).tolist()
    truth = rng.integers(0, len(LABELS), items)
    raters = rng.integers(0, load.raters, (items, 1)) + rng.permutation(load.raters)[: load.redundancy]
    rater = (raters % load.raters).ravel()[order].tolist()
    right = rng.random(len(order)) < 0.85
    label = np.where(right, truth[item], rng.integers(0, len(LABELS), len(order))).tolist()
    gold = (rng.random(items) < load.golds).tolist()
    duration = np.exp(rng.normal(9.0, 0.5, len(order))).astype(int).tolist()
    fate = rng.random(len(order)).tolist()
    truths = truth.tolist()
    for n, at in enumerate(item):
        name, now_ms = f"item-{first + at:09d}", start_ms + n * 1_000 // PER_SECOND
        who = rater[n]
        head = (
            f'{{"judgment_id":"{name}-{turn[n]}","item_id":"{name}","rater_id":"rater-{who:06d}","queue":"{QUEUE}",'
            f'"vendor":"{VENDORS[who % 3]}","submitted_at":{now_ms},"duration_ms":{duration[n]},"label":"'
        )
        known = f',"gold":"{LABELS[truths[at]]}"' if gold[at] else ""
        yield name.encode(), f'{head}{LABELS[label[n]]}"{known}}}'.encode()
        if fate[n] < load.corrections / 2:
            yield name.encode(), f'{head}{LABELS[(label[n] + 1) % 4]}","revision":1{known}}}'.encode()
        elif fate[n] < load.corrections:
            other = LABELS[(truths[at] + 1) % 4]
            what = f'"queue":"{QUEUE}","item_id":"{name}","label":"{other}","revision":{turn[n] + 1},"at":{now_ms}'
            correction = f'{{"type":"gold",{what}}}'
            yield name.encode(), correction.encode()
