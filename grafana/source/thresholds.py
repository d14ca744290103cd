"""The bounds that colour panels: the alerts' and the policy's where they name them, so that board and alert agree."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from alerts.escalation.cases.precision import FLOOR
from stream.policy.policy_file import load_policy

_ROOT = Path(__file__).parents[2]
FILE, POLICY_FILE = _ROOT / "alerts" / "thresholds.toml", _ROOT / "deploy" / "policy.toml"


class Threshold(NamedTuple):
    """A bound with its unit and its reason."""

    value: float
    unit: str
    why: str


# Bounds that colour a board and that no alert names, or not yet.
_OWN = {
    "skill_good": Threshold(0.80, "ratio", "Krippendorff's bound for data that conclusions can rest on"),
    "known_share_low": Threshold(
        0.05, "share", "a tenth of known answers is recommended; with half of it tests take twice as long"
    ),
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
    """The bound of that name. Raises KeyError where neither the file nor the policy nor this module has it."""
    found = _declared().get(name)
    if isinstance(found, dict) and "value" in found:
        return float(found["value"])
    return _OWN[name].value if name in _OWN else _of_policy()[name]


@cache
def _declared() -> dict[str, object]:
    return tomllib.loads(FILE.read_text("utf-8"))


@cache
def _of_policy() -> dict[str, float]:
    """What decides about raters and detectors, as boards draw it."""
    policy = load_policy(POLICY_FILE)
    return {
        "flagged_share": policy.storm.flagged_share,
        "known_right_low": policy.known_answers.floor_most,
        "precision_low": FLOOR,
    }
