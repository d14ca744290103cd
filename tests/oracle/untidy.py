"""A seeded log in which everything goes wrong that a log allows, over nominal, ordinal and set queues."""

import random
from typing import Any

from tests.oracle.streams import DAY_MS, START_MS, Timed, retraction

LABELS = {"nominal": ["a", "b", "c", "unheard of"], "ordinal": ["1", "2", "3", "4"], "set": ["x", "y", "z"]}


def untidy_log(seed: int, events: int) -> list[Timed]:
    """Duplicates, conflicts, revisions, late and early corrections, skips, training, two vendors."""
    random_ = random.Random(seed)
    given: list[dict[str, Any]] = []
    log: list[Timed] = []
    for n in range(events):
        log_ms = START_MS + n * 60_000
        queue, item = random_.choice(sorted(LABELS)), f"i{random_.randrange(12)}"
        kind = random_.random()
        if kind < 0.75 or not given:
            given.append(_judgment(random_, n, queue, item, log_ms))
            log.append((log_ms, given[-1]))
        elif kind < 0.82:
            again = dict(random_.choice(given), revision=random_.randrange(3))
            log.append((log_ms, {**again, "label": _label(random_, again["queue"])}))
        elif kind < 0.9:
            of = random_.choice(given)
            name = of["judgment_id"] if random_.random() < 0.8 else f"j{n + random_.randrange(50)}"
            log.append((log_ms, retraction(of["queue"], of["item_id"], name, of["rater_id"])))
        else:
            log.append((log_ms, _known(random_, queue, item)))
    return log


def _label(random_: random.Random, queue: str) -> Any:
    labels = LABELS[queue]
    return random_.sample(labels, random_.randint(0, 3)) if queue == "set" else random_.choice(labels)


def _judgment(random_: random.Random, n: int, queue: str, item: str, log_ms: int) -> dict[str, Any]:
    event = {
        "judgment_id": f"j{n}",
        "item_id": item,
        "rater_id": f"r{random_.randrange(9)}",
        "queue": queue,
        "vendor": random_.choice(["v", "w"]),
        "label": _label(random_, queue),
        "submitted_at": log_ms - random_.randrange(9 * DAY_MS),
        "duration_ms": random_.randrange(90_000),
        "cost": "0.05",
    }
    if random_.random() < 0.15:
        event["gold"] = _label(random_, queue)
    if random_.random() < 0.1:
        event["guideline"] = "v2"
    if random_.random() < 0.1:
        event["stage"] = "training"
    if random_.random() < 0.1:
        event["outcome"] = random_.choice(["skipped", "escalated"])
    return event


def _known(random_: random.Random, queue: str, item: str) -> dict[str, Any]:
    label = random_.choice([None, _label(random_, queue)])
    if queue == "nominal" and label == "unheard of":
        label = None
    fact = {"queue": queue, "item_id": item, "label": label, "revision": random_.randrange(9), "at": START_MS}
    if random_.random() < 0.5:
        return {"type": "gold", **fact}
    sampling = random_.choice(["random", "targeted"])
    return {"type": "adjudication", **fact, "auditor": "someone", "sampling": sampling, "severity": "minor"}
