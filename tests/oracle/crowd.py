"""A long seeded log of a small crowd whose findings open and close: careful raters, some who guess, some who give
always the same answer (from the start, later on, off the tests only), one who swaps labels, some of whom later mend;
known answers that are corrected, retractions, skips, and verdicts that hit."""

import random
from typing import Any

from stream.quality.policy import Detector
from stream.quality.profile import Profile
from stream.stages.findings import finding_id
from tests.oracle.streams import START_MS, Timed, retraction

STEP_MS = 40_000


def crowd_log(seed: int, judgments: int = 1200, raters: int = 12) -> list[Timed]:
    """The log; its last event arrives at `START_MS + STEP_MS * len(log)`."""
    random_ = random.Random(seed)
    items: dict[str, str] = {}
    given: list[dict[str, Any]] = []
    log: list[Timed] = []
    while len(given) < judgments:
        log_ms = START_MS + STEP_MS * len(log)
        if random_.random() < 0.06 and given:
            log.append((log_ms, _correction(random_, given, items, len(log))))
            continue
        number = (len(given) + random_.randrange(8)) // 4
        item, known = f"i{number}", number % 5 == 0
        truth = items.setdefault(item, random_.choice("aaabbc"))
        rater = random_.randrange(raters)
        label = _answer(random_, rater, truth, len(given) / judgments, known=known)
        event = {
            "judgment_id": f"j{len(given)}",
            "item_id": item,
            "rater_id": f"r{rater}",
            "queue": "nominal",
            "vendor": f"v{rater % 2}",
            "label": label,
            "submitted_at": log_ms - random_.randrange(3 * STEP_MS),
            "duration_ms": int(random_.lognormvariate(8, 0.7)),
        }
        if known:
            event["gold"] = truth
        if random_.random() < 0.03:
            event["outcome"] = "skipped"
        given.append(event)
        log.append((log_ms, event))
    return log


CONSTANT, GUESSES, POOR, ON_TESTS_ONLY, LATER_CONSTANT, SWAPS = range(6)


def _answer(random_: random.Random, rater: int, truth: str, passed: float, *, known: bool) -> str:
    mended = passed > 2 / 3
    if (rater == CONSTANT and not mended) or (rater == LATER_CONSTANT and passed > 1 / 2):
        return "b"
    if rater == ON_TESTS_ONLY and not known:
        return "c"
    if rater == GUESSES and not mended:
        return random_.choice("abc")
    if rater == POOR and not mended:
        return truth if random_.random() < 0.3 else random_.choice("abc")
    if rater == SWAPS:
        return {"a": "b", "b": "a"}.get(truth, truth)
    return truth if random_.random() < 0.92 else random_.choice("abc")


def _correction(random_: random.Random, given: list[dict[str, Any]], items: dict[str, str], revision: int) -> Any:
    judgment = random_.choice(given)
    queue, item = judgment["queue"], judgment["item_id"]
    kind = random_.random()
    if kind < 0.3:
        return retraction(queue, item, judgment["judgment_id"], judgment["rater_id"])
    if kind < 0.6:
        label = random_.choice([items[item], random_.choice("abc"), None])
        return {"type": "gold", "queue": queue, "item_id": item, "label": label, "revision": revision, "at": START_MS}
    profile = Profile(f"r{random_.randrange(3)}", queue, "v0")
    name = finding_id(profile, random_.choice(list(Detector)), random_.randint(1, 2))
    subject = {"type": "verdict", "finding_id": name, "rater_id": profile.rater_id, "queue": queue}
    return {**subject, "verdict": "cleared", "by": "someone", "at": START_MS}
