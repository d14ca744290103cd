"""The bounds that colour panels: those of alerts/thresholds.toml where it names them, so that board and alert agree."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[2] / "alerts" / "thresholds.toml"


class Threshold(NamedTuple):
    """A bound with its unit and its reason."""

    value: float
    unit: str
    why: str


# Bounds that colour a board and that no alert names, or not yet.
_OWN = {
    "skill_good": Threshold(0.80, "ratio", "Krippendorff's bound for data that conclusions can rest on"),
    "flagged_share": Threshold(
        0.20, "share", "the storm guard's bound: so many are rarely all at fault, look at the queue"
    ),
    "known_share_low": Threshold(
        0.05, "share", "a tenth of known answers is recommended; with half of it tests take twice as long"
    ),
    "known_right_low": Threshold(0.70, "share", "the highest floor that known answers are ever held against"),
    "overturned_share": Threshold(0.05, "share", "the usual contract's error budget: 95 % right"),
    "overturned_share_high": Threshold(0.10, "share", "twice the usual contract's error budget"),
    "peers_low": Threshold(2.0, "peers", "with fewer, agreement says as much about the peer as about the rater"),
    "judgments_until_found": Threshold(500.0, "judgments", "a fifth of a working week of 2,500 judgments"),
    "judgments_until_found_high": Threshold(2500.0, "judgments", "a working week: the queue needs known answers"),
    "flagged_judgments_share": Threshold(
        0.05, "share", "beyond it, one item in seven with three labels rests on a flagged rater"
    ),
    "majority_accuracy_low": Threshold(0.95, "share", "the usual contract: 95 % right"),
    "watch_suspicion": Threshold(0.50, "probability", "more likely than not below the bar"),
    "high_suspicion": Threshold(0.90, "probability", "below the bar in nine of ten such cases"),
    "fast_share": Threshold(0.20, "share", "far above what a third of the median catches in honest work"),
    "latency_seconds": Threshold(1.0, "seconds", "what the product promises from judgment to metric"),
    "latency_seconds_high": Threshold(60.0, "seconds", "what the product promises from judgment to page"),
    "board_age_seconds": Threshold(60.0, "seconds", "a rendering takes 15 s at most; older numbers mislead"),
    "loop_delay_seconds": Threshold(
        0.25, "seconds", "beyond it the promise of a quarter of a second from arrival to metric fails"
    ),
    "cache_hit_share_low": Threshold(0.90, "share", "below, most of the time goes into loading rows from Redis"),
}


def threshold(name: str) -> float:
    """The bound of that name. Raises KeyError where neither the file nor this module has it."""
    found = _declared().get(name)
    return float(found["value"]) if isinstance(found, dict) and "value" in found else _OWN[name].value


@cache
def _declared() -> dict[str, object]:
    return tomllib.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
