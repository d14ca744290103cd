"""Which consensus hangs on one rater, counted from a log of events one by one: shares no code with the product.

An answer stands when it was given in production, was neither skipped nor taken back, and is its rater's first on the
item under its guideline. Each label gets log(p (K - 1) / (1 - p)) from whoever gave it, p being the rater's accuracy.
"""

import json
import math
from collections import defaultdict
from pathlib import Path


def standing(path: Path) -> dict[tuple[str, str], list[dict]]:
    """By queue and item: the answers that stand at the end of a file of events."""
    judged, taken_back = {}, set()
    for line in path.read_text().splitlines():
        event = json.loads(line)
        kind = event.get("type", "judgment")
        name = event.get("queue"), event.get("item_id"), event.get("judgment_id")
        if kind == "retraction":
            taken_back.add(name)
        elif kind == "judgment" and (name not in judged or event.get("revision", 0) > judged[name].get("revision", 0)):
            judged[name] = event
    first = {}
    for name, event in judged.items():
        if name in taken_back or event.get("outcome", "answered") != "answered" or event.get("stage") == "training":
            continue
        who = event["queue"], event["item_id"], event["rater_id"], event.get("guideline")
        if who not in first or time_of(event) < time_of(first[who]):
            first[who] = event
    found = defaultdict(list)
    for event in first.values():
        found[event["queue"], event["item_id"]].append(event)
    return found


def time_of(event: dict) -> tuple[int, str]:
    return event["submitted_at"], event["judgment_id"]


def flips(path: Path, rater: str, accuracy: dict[tuple[str, str], float], labels: dict[str, list]) -> set:
    """(queue, item) whose consensus is another one without the rater; `labels` of each queue in their order."""
    found = set()
    for (queue, item), answers in standing(path).items():
        if rater not in {answer["rater_id"] for answer in answers}:
            continue
        others = [answer for answer in answers if answer["rater_id"] != rater]
        if others and winner(others, queue, accuracy, labels) != winner(answers, queue, accuracy, labels):
            found.add((queue, item))
    return found


def winner(answers: list[dict], queue: str, accuracy: dict, labels: dict[str, list]) -> str:
    order, K, votes = list(map(str, labels[queue])), len(labels[queue]), defaultdict(int)
    for answer in answers:
        p = min(max(accuracy[answer["rater_id"], queue], 1 / K + 0.02), 0.98)
        votes[str(answer["label"])] += round(65536 * math.log(p * (K - 1) / (1 - p)))
    return max(votes, key=lambda label: (votes[label], -order.index(label)))
