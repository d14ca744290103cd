"""A long seeded log of a small crowd whose findings open and close: careful raters, two who guess, one who always gives
the same answer and later mends, known answers that are corrected, retractions, skips, and verdicts that hit."""

import random
from typing import Any

from stream.quality.policy import Detector
from stream.quality.profile import Profile
from stream.stages.findings import finding_id
from tests.oracle.streams import START_MS, Timed, retraction

STEP_MS = 40_000


def crowd_log(seed: int, judgments: int = 1200, raters: int = 8) -> list[Timed]:
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
        item = f"i{(len(given) + random_.randrange(8)) // 4}"
        truth = items.setdefault(item, random_.choice("aaabbc"))
        rater = random_.randrange(raters)
        mended = len(given) > judgments * 2 // 3
        event = {
            "judgment_id": f"j{len(given)}",
            "item_id": item,
            "rater_id": f"r{rater}",
            "queue": "nominal",
            "vendor": f"v{rater % 2}",
            "label": _answer(random_, rater, truth, mended=mended),
            "submitted_at": log_ms - random_.randrange(3 * STEP_MS),
            "duration_ms": int(random_.lognormvariate(8, 0.7)),
        }
        if random_.random() < 0.4:
            event["gold"] = truth
        if random_.random() < 0.03:
            event["outcome"] = "skipped"
        given.append(event)
        log.append((log_ms, event))
    return log


def _answer(random_: random.Random, rater: int, truth: str, *, mended: bool) -> str:
    if rater == 0 and not mended:
        return "b"
    if rater == 1 and not mended:
        return random_.choice("abc")
    if rater == 2 and not mended:
        return truth if random_.random() < 0.3 else random_.choice("abc")
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
