"""The measures of quality as PromQL over the exported sums, each for any grouping, by the formulas of measures.py."""

from grafana.source.queries import Picking, counted, over, quotient, total
from stream.telemetry import metrics

_Z95 = 1.96


def agreement(pick: Picking, window: str, by: str = "") -> str:
    """Mean agreement with peers."""
    return quotient(pick(metrics.AGREED, window=window), pick(metrics.SCORED, window=window), by)


def skill(pick: Picking, window: str, by: str = "") -> str:
    """Chance-corrected agreement: 1 perfect, 0 what the label mix alone gives."""
    agreed, expected, scored = (
        total(pick(metric, window=window), by) for metric in (metrics.AGREED, metrics.EXPECTED, metrics.SCORED)
    )
    return over(f"{agreed} - {expected}", f"{scored} - {expected}")


def known_right(pick: Picking, window: str, by: str = "") -> str:
    """Share right on items with a known answer."""
    return quotient(pick(metrics.GOLD_RIGHT, window=window), pick(metrics.GOLD, window=window), by)


def overturned(pick: Picking, window: str, by: str = "") -> str:
    """Share of randomly audited judgments that were overturned."""
    return quotient(pick(metrics.OVERTURNED_RANDOM, window=window), pick(metrics.AUDITED_RANDOM, window=window), by)


def peers(pick: Picking, window: str, by: str = "") -> str:
    """Peers a scored judgment."""
    return quotient(pick(metrics.PEERS, window=window), pick(metrics.SCORED, window=window), by)


def typical_seconds(pick: Picking, window: str, by: str = "") -> str:
    """Geometric mean of the time on an item."""
    return f"exp({quotient(pick(metrics.LOG_TIME, window=window), pick(metrics.TIMED, window=window), by)})"


def fast(pick: Picking, window: str, by: str = "") -> str:
    """Share of answers faster than a third of the item kind's median."""
    return quotient(pick(metrics.FAST, window=window), pick(metrics.FAST_KNOWN, window=window), by)


def consistent(pick: Picking, window: str, by: str = "") -> str:
    """Agreement with the own earlier answer on the same item."""
    return quotient(pick(metrics.REPEATS_SAME, window=window), pick(metrics.REPEATS, window=window), by)


def flagged(pick: Picking, by: str = "") -> str:
    """Raters with an open finding, counted by queue."""
    return counted(pick(metrics.FLAGGED_RATERS), pick(metrics.ACTIVE_RATERS, window="24h"), by)


def flagged_share(pick: Picking, by: str = "") -> str:
    """Raters with an open finding, of those active within a day."""
    return over(flagged(pick, by), total(pick(metrics.ACTIVE_RATERS, window="24h"), by))


def wilson(part: str, whole: str, *, upper: bool) -> str:
    """An end of Wilson's 95 % interval of a share; `part` and `whole` are summed counts."""
    sign = "+" if upper else "-"
    share, z2 = f"({part}) / ({whole})", _Z95**2
    middle = f"{share} + {z2 / 2:.4f} / ({whole})"
    spread = f"sqrt(clamp_min({share} * (1 - {share}), 0) / ({whole}) + {z2 / 4:.4f} / ({whole}) ^ 2)"
    return f"({middle} {sign} {_Z95} * {spread}) / (1 + {z2:.4f} / (({whole}) > 0))"
