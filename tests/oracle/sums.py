"""The oracle's judgments summed over windows, raters and groups."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from stream.quality.schema import Column, Kind
from tests.oracle.judging import Oracle, RowName, Scored, rank

PERIODS = {"1h": (300_000, 12), "24h": (3_600_000, 24), "7d": (86_400_000, 7)}


@dataclass
class Sums:
    """A window of a row."""

    columns: Counter[Column] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)


def sums(oracle: Oracle, window: str, now_ms: int) -> dict[RowName, Sums]:
    """Every row's sums over a window: the judgments submitted in the periods that end with the one of `now`."""
    rows: dict[RowName, Sums] = defaultdict(Sums)
    for scored in oracle.judgments():
        if window != "lifetime":
            size_ms, count = PERIODS[window]
            if not 0 <= now_ms // size_ms - scored.event["submitted_at"] // size_ms < count:
                continue
        for row in rows_of(oracle, scored):
            rows[row].columns += scored.columns
            rows[row].labels += labels_of(oracle, scored)
    return rows


def rows_of(oracle: Oracle, scored: Scored) -> list[RowName]:
    """The rater's own row; training counts in no group."""
    if scored.row.training:
        return [] if scored.nameless else [scored.row]
    vendor = oracle.vendors[scored.row]
    groups = [RowName(scored.row.queue, vendor=vendor), RowName(scored.row.queue)]
    return groups if scored.nameless else [scored.row, *groups]


def labels_of(oracle: Oracle, scored: Scored) -> Counter[str]:
    if "outcome" in scored.event and scored.event["outcome"] != "answered":
        return Counter()
    queue, label = oracle.queues[scored.row.queue], scored.event["label"]
    if queue.kind == Kind.SET:
        return Counter(set(label))
    return Counter([label if label in queue.labels else "other"])


def latest(oracle: Oracle, row: RowName, count: int) -> list[int]:
    """The ids (hashed) of a rater's latest standing judgments, the latest last."""
    events = sorted(
        (scored.event for scored in oracle.judgments() if scored.row == row and not scored.nameless), key=rank
    )
    return [rank(event)[1] for event in events[-count:]]
