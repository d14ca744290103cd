"""The counts of a period out of Prometheus: the day's window as it stood at each day's end."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import httpx

from alerts.escalation.scorecards.period import Period
from alerts.escalation.scorecards.port import DayCounts

_DAY_S = 86_400
_PATIENCE_S = 10.0
# Field of DayCounts -> metric; each is a gauge over a window, which workers export for their shards: they add up.
METRICS: Mapping[str, str] = {
    "judgments": "raterwatch_quality_judgments",
    "audited": "raterwatch_quality_random_audited_judgments",
    "overturned": "raterwatch_quality_random_overturned_judgments",
    "known": "raterwatch_quality_gold_judgments",
    "known_right": "raterwatch_quality_gold_right_judgments",
}
_TARGET = "max by (vendor, queue) (max_over_time(raterwatch_contract_target_ratio[{days}d]))"
_Series = Sequence[tuple[Mapping[str, str], Sequence[tuple[float, str]]]]


class PrometheusCounts:
    """Asks a Prometheus at `url`. Its retention has to reach back to the period's first day."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def of(self, period: Period) -> Sequence[DayCounts] | None:
        """By vendor, queue and day; None when Prometheus does not answer."""
        first, last = period.begin_ms // 1_000 + _DAY_S, period.end_ms // 1_000
        found: dict[tuple[str, str, date], dict[str, int]] = {}
        for name, metric in METRICS.items():
            query = f'sum by (vendor, queue) ({metric}{{window="24h"}})'
            series = self._ask("query_range", query=query, start=first, end=last, step=_DAY_S)
            if series is None:
                return None
            for labels, values in series:
                for at, value in values:
                    # A day's window ends with the midnight after it.
                    day = datetime.fromtimestamp(at - _DAY_S, UTC).date()
                    key = (labels.get("vendor", ""), labels.get("queue", ""), day)
                    found.setdefault(key, {})[name] = round(float(value))
        return [
            DayCounts(vendor=vendor, queue=queue, day=day, **counts)
            for (vendor, queue, day), counts in sorted(found.items())
        ]

    def targets(self, period: Period) -> dict[tuple[str, str], float]:
        """The accuracy agreed on in the period; empty when Prometheus does not answer."""
        query = _TARGET.format(days=period.days)
        series = self._ask("query", query=query, time=period.end_ms // 1_000) or ()
        return {(labels["vendor"], labels["queue"]): float(values[0][1]) for labels, values in series}

    def _ask(self, how: str, **params: str | int) -> _Series | None:
        try:
            answer = httpx.get(f"{self._url}/api/v1/{how}", params=params, timeout=_PATIENCE_S)
            answer.raise_for_status()
            result = answer.json()["data"]["result"]
        except (httpx.HTTPError, ValueError, KeyError):
            return None
        return [(one["metric"], one.get("values") or [one["value"]]) for one in result]
