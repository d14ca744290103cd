"""How often something was counted in a span, its first time included."""


def happened(counter: str, span: str, matchers: str = "") -> str:
    """PromQL. A counter is born with its first event, which no `increase` shows: what was not there a span ago, while
    its worker was scraped or did not run yet, counts whole.
    """
    series = f"{counter}{{{matchers}}}" if matchers else counter
    watched = f"(up offset {span} or process_start_time_seconds > time() - {_seconds(span)})"
    return f"({series} unless {series} offset {span} and on (job, instance) {watched}) or increase({series}[{span}])"


def _seconds(span: str) -> int:
    return int(span[:-1]) * {"s": 1, "m": 60, "h": 3_600, "d": 86_400}[span[-1]]
