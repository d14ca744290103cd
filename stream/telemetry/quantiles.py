"""Quantiles of a Prometheus histogram in a scraped text."""

from itertools import pairwise

from prometheus_client.parser import text_string_to_metric_families


def quantile(text: str, name: str, labels: dict[str, str], share: float, since: str = "") -> float | None:
    """Seconds below which `share` of the observations lie, interpolated as Prometheus does; None without any.

    `since` is an earlier scrape: what it had seen already is left out.
    """
    before = dict(_buckets(since, name, labels))
    bounds = [(high, count - before.get(high, 0.0)) for high, count in _buckets(text, name, labels)]
    if not bounds or bounds[-1][1] == 0:
        return None
    wanted = share * bounds[-1][1]
    for (low, below), (high, upto) in pairwise([(0.0, 0.0), *bounds]):
        if upto >= wanted:
            if high == float("inf"):
                return low
            return low + (high - low) * (wanted - below) / max(upto - below, 1e-12)
    return bounds[-1][0]


def _buckets(text: str, name: str, labels: dict[str, str]) -> list[tuple[float, float]]:
    return sorted(
        (float(sample.labels["le"]), sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"{name}_bucket" and labels.items() <= sample.labels.items()
    )
