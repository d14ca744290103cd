import bisect
from typing import Any

import numpy as np
import pytest
from prometheus_client import generate_latest

from stream.quality.policy import DETECTOR_NAMES
from stream.stages.port import Effects, Reject
from stream.state.port import Refusal
from stream.telemetry.instruments import Instruments
from stream.telemetry.metrics import METRICS
from stream.telemetry.observer import MetricsObserver
from tests.unit.telemetry.crowd import NOW_MS, RAW, Crowd
from tests.unit.telemetry.reading import Exported

SHARD = "outcomes:3"
TOPIC = {"topic": "outcomes"}


class Observed:
    def __init__(self) -> None:
        self.instruments = Instruments()
        self.claimed: list[str] = []
        self.released: list[str] = []
        self.now_ms = NOW_MS
        self.observer = MetricsObserver(
            self.instruments, self.claimed.append, self.released.append, lambda: self.now_ms
        )

    def applied(self, *ages_ms: int, rows: int | None = None, shard: str = SHARD) -> None:
        arrived = [NOW_MS - age for age in ages_ms]
        counts = {("outcome", "applied"): len(ages_ms) if rows is None else rows}
        self.observer.applied(shard, Effects((), counts, arrived), NOW_MS)

    @property
    def page(self) -> Exported:
        return Exported(generate_latest(self.instruments.registry))


@pytest.fixture
def observed() -> Observed:
    return Observed()


def test_latencies_are_counted_as_one_by_one(observed: Observed) -> None:
    ages_ms = [*np.random.default_rng(1).lognormal(5, 2, 500).astype(int).tolist(), 250, 5]
    observed.applied(*ages_ms[:200])
    observed.applied(*ages_ms[200:])
    page, ordered = observed.page, sorted(ages_ms)
    for bound in METRICS["raterwatch_applied_latency_seconds"].buckets:
        told = page.get("applied_latency_seconds_bucket", **TOPIC, le=str(bound))
        assert told == bisect.bisect_right(ordered, bound * 1000 + 1e-6), bound
    assert page.get("applied_latency_seconds_bucket", **TOPIC, le="+Inf") == len(ages_ms)
    assert page.get("applied_latency_seconds_count", **TOPIC) == len(ages_ms)
    assert page.get("applied_latency_seconds_sum", **TOPIC) == pytest.approx(sum(ages_ms) / 1000)


def test_stored_latency_covers_what_the_commit_covers_and_not_what_came_after(observed: Observed) -> None:
    observed.applied(10, 20)
    observed.applied(rows=3)  # corrections: nothing arrived for the first time
    observed.applied(40)
    observed.now_ms = NOW_MS + 1000
    observed.observer.committed(SHARD, 5, 0.2)
    assert observed.page.get("stored_latency_seconds_count", **TOPIC) == 2
    assert observed.page.get("stored_latency_seconds_sum", **TOPIC) == pytest.approx(2.03)
    observed.observer.committed(SHARD, 1, 0.2)
    assert observed.page.get("stored_latency_seconds_count", **TOPIC) == 3
    assert observed.page.get("committed_records_total", **TOPIC) == 6


@pytest.mark.parametrize("lose", ["refused", "claimed", "halted", "released"])
def test_what_was_lost_with_its_stage_never_counts_as_stored(observed: Observed, lose: str) -> None:
    observed.applied(10, 20)
    arguments: dict[str, tuple[Any, ...]] = {
        "refused": (Refusal.FENCED,),
        "claimed": (0, 0.1),
        "halted": ("why", "what to do"),
        "released": (),
    }
    getattr(observed.observer, lose)(SHARD, *arguments[lose])
    observed.observer.committed(SHARD, 2, 0.1)
    assert observed.page.get("stored_latency_seconds_count", **TOPIC) is None


def test_a_brokers_clock_ahead_of_ours_is_its_own_number_and_no_latency(observed: Observed) -> None:
    observed.applied(-3000, 1000)
    assert observed.page.get("clock_ahead_seconds", **TOPIC) == 3
    assert observed.page.get("applied_latency_seconds_sum", **TOPIC) == 1


def test_commits_are_counted_by_result(observed: Observed) -> None:
    observed.observer.committed(SHARD, 10, 0.02)
    for refusal in Refusal:
        observed.observer.refused(SHARD, refusal)
    observed.observer.unavailable(SHARD, "Redis, commit", "timed out", 0.1)
    observed.observer.unavailable(SHARD, "Kafka, outbox", "timed out", 0.1)
    page = observed.page
    results = {labels["result"] for labels in page.named("commits_total")}
    assert results == {"ok", "fenced", "rewound", "unexplained", "empty", "unavailable"}
    assert all(page.get("commits_total", **TOPIC, result=result) == 1 for result in results)
    assert page.get("unavailable_total", what="Kafka, outbox") == 1


def test_a_regression_tells_how_much_is_applied_again(observed: Observed) -> None:
    observed.observer.rewound(SHARD, 12)
    observed.observer.rewound(SHARD, 30)
    assert observed.page.get("regressions_total", **TOPIC) == 2
    assert observed.page.get("replayed_records_total", **TOPIC) == 42


def test_a_released_shard_has_no_lag_any_more(observed: Observed) -> None:
    observed.applied(5)
    observed.observer.lag(SHARD, 17)
    observed.observer.lag("outcomes:1", 4)
    assert observed.page.get("lag_records", topic="outcomes", partition="3") == 17
    observed.observer.released(SHARD)
    assert observed.page.named("lag_records") == [{"topic": "outcomes", "partition": "1"}]
    assert observed.page.named("last_arrival_timestamp_seconds") == []
    assert observed.released == [SHARD]


def test_rejects_are_counted_by_reason(observed: Observed) -> None:
    rejects = [Reject(1, "too_large", b""), Reject(2, "too_large", b""), Reject(3, "unknown_queue", b"")]
    observed.observer.applied("judgments:0", Effects(rejects, {}, ()), NOW_MS)
    assert observed.page.get("rejects_total", topic="judgments", reason="too_large") == 2
    assert observed.page.get("rejects_total", topic="judgments", reason="unknown_queue") == 1


def test_what_both_stages_count_is_exported(observed: Observed) -> None:
    crowd = Crowd()
    for n in range(40):
        for rater in range(3):
            label = ("yes", "no")[(n + (rater == 2)) % 2]
            crowd.judge(rater, f"item-{n}", label, gold=("yes", "no")[n % 2], surprise=1)
    for shard, effects in zip(("judgments:0", "outcomes:0"), crowd.apply(), strict=True):
        observed.observer.applied(shard, effects, NOW_MS)
    page = observed.page
    assert page.get("records_total", topic="judgments", result="applied") == 120
    assert page.get("outcomes_total", result="applied") >= 120
    opened = {name: page.get("findings_opened_total", detector=name) for name in DETECTOR_NAMES}
    assert {name for name, times in opened.items() if times} == {"known_answers", "inverted"}
    assert page.get("applied_latency_seconds_count", **TOPIC) == 120
    assert page.get("last_arrival_timestamp_seconds", topic="judgments", partition="0") == NOW_MS / 1000


def test_a_raw_rater_id_is_refused_and_named_nowhere(observed: Observed) -> None:
    crowd = Crowd()
    crowd.judge(RAW, "item-1", "yes")
    [effects] = crowd.apply()
    observed.observer.applied("judgments:0", effects, NOW_MS)
    text = generate_latest(observed.instruments.registry).decode()
    assert observed.page.get("rejects_total", topic="judgments", reason="raw_rater_id") == 1
    assert RAW not in text
    assert RAW.split("@", maxsplit=1)[0] not in text


def test_findings_that_a_corrected_known_answer_ended_are_counted_beside_all_that_ended() -> None:
    observed = Observed()
    counts = {("finding_closed", "inverted"): 3, ("finding_forgiven", "inverted"): 2}
    observed.observer.applied(SHARD, Effects((), counts), NOW_MS)
    assert observed.page.get("findings_closed_total", detector="inverted") == 3
    assert observed.page.get("findings_forgiven_total", detector="inverted") == 2


def test_verdicts_are_counted_by_detector() -> None:
    observed = Observed()
    counts = {("verdict", "applied"): 2, ("finding_cleared", "copying"): 1, ("finding_confirmed", "copying"): 1}
    observed.observer.applied(SHARD, Effects((), counts), NOW_MS)
    assert observed.page.get("findings_decided_total", detector="copying", verdict="cleared") == 1
    assert observed.page.get("findings_decided_total", detector="copying", verdict="confirmed") == 1
    assert observed.page.get("notes_total", what="finding_cleared", detail="copying") is None
