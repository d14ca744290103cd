"""Answers that are sets of labels: their members have no joint posterior, so that agreement alone speaks.

Two findings, as cautious as looking after each judgment asks for:

- unrelated: the chance-corrected agreement with peers lies, with its whole interval, below half of the queue's;
- constant: nearly all of the last 50 answers are the same, which the queue's label mix makes next to impossible, and
  peers answer otherwise on the same items.
"""

from stream.quality.compiled import compiled
from stream.quality.evidence import episode_agreement, one_answer, ratio_interval, ratio_limit, recent_agreement
from stream.quality.rater_rows import Raters
from stream.quality.schema import UNIT

RATIO_CEILING = 0.35  # chance-corrected agreement: "unrelated" never starts above this
INTERVAL_Z = 3.7  # of the normal: about 1e-4 one-sided, looked at after each judgment
WATCH_Z = 2.0
CONSTANT_NATS = 12.0  # how improbable the share of one answer is under the label mix: 6e-6
CONSTANT_SHARE = 0.85  # of the last 50 answers
CONSTANT_OVER = 0.70  # the finding stays until the share falls below this
CONSTANT_RATIO = 0.5  # one answer that peers share is the items' doing, not the rater's


@compiled
def weigh_sets(
    raters: Raters, slot: int, least: float, unrelated: int, constant: int, opened: int, watched: int
) -> tuple[int, int]:
    """The bits `unrelated` and `constant` of (open, watch) as of the rater's latest outcome; the others as given.

    With fewer than `least` judgments with peers nothing is said of their agreement.
    """
    hot = raters.hot[slot]
    was_unrelated, was_constant = opened & unrelated, opened & constant
    opened &= ~(unrelated | constant)
    watched &= ~(unrelated | constant)
    n = float(hot["recent_scored"])
    surely, likely = _upper(n, hot["recent_agreement"] / UNIT, hot["recent_expected"] / UNIT, least)
    limit = ratio_limit(raters, slot, RATIO_CEILING)
    if limit > 0.0:
        n, agreement, chance = episode_agreement(raters, slot)
        whole_surely, whole_likely = _upper(n, agreement, chance, least)
        if surely < limit or whole_surely < limit or (was_unrelated and (likely < limit or whole_likely < limit)):
            opened |= unrelated
        if likely < limit:
            watched |= unrelated
    else:
        opened |= was_unrelated  # the queue tells nobody apart just now: no reason to take anything back
    if hot["constant_from"] != hot["unrelated_from"]:
        n, agreement, chance = recent_agreement(raters, slot, hot["constant_from"])
        _, likely = _upper(n, agreement, chance, least)
    if likely < CONSTANT_RATIO or was_constant:
        answers, share, nats = one_answer(raters, slot, hot["constant_from"], CONSTANT_OVER)
        plenty = answers >= least and share >= CONSTANT_SHARE and nats >= CONSTANT_NATS
        if (likely < CONSTANT_RATIO and plenty) or (was_constant and share >= CONSTANT_OVER):
            opened |= constant
    return opened, watched


@compiled
def _upper(n: float, agreement: float, chance: float, least: float) -> tuple[float, float]:
    """Upper ends of the chance-corrected agreement's wide and narrow interval; 1 while there is too little to say."""
    if n < least:
        return 1.0, 1.0
    ratio, _, high, error = ratio_interval(n, agreement, chance, INTERVAL_Z)
    return high, min(ratio + WATCH_Z * error, 1.0)
