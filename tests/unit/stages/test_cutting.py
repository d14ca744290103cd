"""A shard's state is a function of its log: not of batches, commits, restarts, or what the cache had to let go."""

import random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.events import Finding
from stream.quality.policy import DEFAULT_POLICY, Policy
from stream.stages.items_stage import ItemStage
from stream.stages.policies import Policies
from stream.stages.raters_stage import RatersStage
from tests.oracle.crowd import crowd_log
from tests.oracle.orders import logs_with_orders
from tests.oracle.shards import Store, directory, log_of, outcome_log, outcomes, run, run_with_restarts
from tests.oracle.streams import Timed

careful = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
cuts = st.lists(st.integers(0, 60), max_size=8)
lives = st.lists(st.tuples(st.integers(0, 60), cuts, st.integers(1, 3)), max_size=3)
# Thresholds so low that findings open and close all the time.
NERVOUS = Policy(
    gold_alarm=0.3,
    gold_critical=0.6,
    alarm=0.3,
    alarm_critical=0.6,
    change=0.3,
    change_critical=0.6,
    watch=0.1,
    least_known=2.0,
)


def items(*, cached: int = 200_000, kept_limit: int = 100_000) -> ItemStage:
    return ItemStage(0, 2, directory(), horizon_days=1, cached_items=cached, kept_limit=kept_limit)


def raters(*, cached: int = 20_000, policy: Policy = NERVOUS) -> RatersStage:
    return RatersStage(0, 1, policies=Policies(policy), cached_raters=cached)


def same_state(one: Store, other: Store) -> None:
    assert one.offset == other.offset
    assert one.head == other.head
    names = (one.rows.keys() | other.rows.keys()) - {"golds"}
    for name in names:
        if not name.startswith("items:"):
            assert one.rows.get(name, {}) == other.rows.get(name, {}), name
    assert one.standing_items() == other.standing_items()


@careful
@given(logs_with_orders(), cuts, st.integers(1, 3), lives, st.sampled_from([100_000, 0, 1, 3]))
def test_stage_one_is_the_same_however_it_is_cut(
    timed: list[Timed], batches: list[int], flushes: int, some_lives: list[tuple[int, list[int], int]], limit: int
) -> None:
    log = log_of(timed)
    whole = run(items(kept_limit=limit), log)
    for other in (
        run(items(cached=0, kept_limit=limit), log, batches=batches, flushes=flushes),
        run_with_restarts(lambda: items(cached=0, kept_limit=limit), log, some_lives),
    ):
        same_state(whole, other)
        assert outcomes(other.messages) == outcomes(whole.messages)


@careful
@given(logs_with_orders(), cuts, cuts, st.integers(1, 3), lives)
def test_stage_two_is_the_same_however_it_is_cut(
    timed: list[Timed], sent: list[int], batches: list[int], flushes: int, some_lives: list[tuple[int, list[int], int]]
) -> None:
    log = outcome_log(run(items(), log_of(timed), batches=[*sent, *range(0, 60, 3)]).messages, 0)
    whole = run(raters(), log)
    for other in (
        run(raters(cached=0), log, batches=batches, flushes=flushes),
        run_with_restarts(lambda: raters(cached=0), log, some_lives),
    ):
        same_state(whole, other)
        assert findings(other) == findings(whole)


@careful
@given(logs_with_orders(), cuts)
def test_stage_two_does_not_notice_where_stage_one_cut_its_messages(timed: list[Timed], sent: list[int]) -> None:
    whole = run(raters(), outcome_log(run(items(), log_of(timed)).messages, 0))
    cut = run(raters(), outcome_log(run(items(), log_of(timed), batches=sent).messages, 0))
    assert whole.rows == cut.rows
    assert whole.head == cut.head
    assert findings(whole) == findings(cut)


@pytest.mark.parametrize("seed", [2, 9])
def test_findings_of_a_long_log_are_the_same_however_it_is_cut(seed: int) -> None:
    random_ = random.Random(seed)
    log = log_of(crowd_log(seed, 4000))
    stage = ItemStage(0, 1, directory(), cached_items=5)
    sent = run(stage, log, batches=[random_.randrange(len(log)) for _ in range(60)])
    outcomes_sent = outcome_log(sent.messages, 0)
    whole = run(RatersStage(0, 1), outcomes_sent)
    some_lives = [(random_.randrange(20), [random_.randrange(20) for _ in range(4)], 1 + n % 3) for n in range(6)]
    cut = run_with_restarts(lambda: raters(cached=0, policy=DEFAULT_POLICY), outcomes_sent, some_lives)
    same_state(whole, cut)
    assert findings(cut) == findings(whole)
    assert findings(
        run(RatersStage(0, 1), outcome_log(run(ItemStage(0, 1, directory()), log).messages, 0))
    ) == findings(whole)
    told = list(map(msgspec.json.Decoder(Finding).decode, findings(whole)))
    assert len({(f.id, f.detector) for f in told}) > len({f.id for f in told}), "some finding got another name"
    seen = {(f.detector, f.event, f.why) for f in told}
    opened = {detector for detector, event, _ in seen if event == "opened"}
    assert opened >= {"known_answers", "unrelated_to_peers", "known_against_rest", "changed"}
    assert {(event, why) for _, event, why in seen} >= {
        ("updated", None),
        ("closed", "evidence_gone"),
        ("closed", "verdict"),
    }


def findings(store: Store) -> list[bytes]:
    """In the order of each rater; those of raters apart may change places."""
    return sorted((message.value for message in store.messages), key=lambda value: value.split(b'"queue"')[0])
