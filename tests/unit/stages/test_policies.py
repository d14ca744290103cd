"""Thresholds from the declared budget: known numbers, and what a queue may have of its own."""

import math

import msgspec
import numpy as np
import pytest

from stream.policy.declared import (
    BudgetPolicy,
    ClearPolicy,
    DeclaredPolicy,
    DetectorsPolicy,
    EvidencePolicy,
    KnownAnswersPolicy,
    QueuePolicy,
)
from stream.policy.policy_file import parse_policy
from stream.quality.policy import ALL_ON, CORROBORATION_NAMES, DEFAULT_POLICY, DETECTOR_NAMES, Detector, Policy
from stream.stages.policies import Policies, derived


def without(*names: str) -> DetectorsPolicy:
    """These turned off, at the share that they have."""
    detectors = DetectorsPolicy()
    off = {name: msgspec.structs.replace(getattr(detectors, name), on=False) for name in names}
    return msgspec.structs.replace(detectors, **off)


def test_the_default_budget_gives_the_thresholds_that_hold_without_a_file() -> None:
    """Ten of 10,000 raters a week, .65 of them to the alarm's five names, .20 to the change detector, .10 to known
    answers; a tenth of that for critical ones; 2,500 judgments a week."""
    found = derived(DeclaredPolicy())
    nats = {
        "alarm": 1 / 6.5e-4,
        "alarm_critical": 1 / 6.5e-5,
        "change": 2_500 / 2e-4,
        "change_critical": 2_500 / 2e-5,
        "gold_alarm": 1 / 1e-4,
        "gold_critical": 1 / 1e-5,
    }
    assert {name: getattr(found, name) for name in nats} == pytest.approx({n: math.log(x) for n, x in nats.items()})
    assert found == pytest.approx(DEFAULT_POLICY, rel=1e-4), "the constants of the pure core are the same numbers"


def test_a_budget_ten_times_as_large_needs_ten_times_less_evidence() -> None:
    usual, generous = (
        derived(DeclaredPolicy()),
        derived(
            DeclaredPolicy(
                budget=BudgetPolicy(honest_ticketed_per_10000_rater_weeks=100.0, judgments_per_rater_week=250)
            )
        ),
    )
    assert usual.alarm - generous.alarm == pytest.approx(math.log(10))
    assert usual.gold_alarm - generous.gold_alarm == pytest.approx(math.log(10))
    assert usual.change - generous.change == pytest.approx(math.log(100)), "a tenth of the judgments too"
    assert usual.alarm_critical == generous.alarm_critical


def test_raters_of_many_queues_share_their_weeks_budget_among_them() -> None:
    one, four = derived(DeclaredPolicy()), derived(DeclaredPolicy(budget=BudgetPolicy(queues_per_rater=4.0)))
    assert four.alarm - one.alarm == pytest.approx(math.log(4))
    assert four.gold_critical - one.gold_critical == pytest.approx(math.log(4))


def test_a_detector_that_is_off_makes_no_other_more_eager() -> None:
    found = derived(DeclaredPolicy(detectors=without("constant_answer", "changed")))
    assert found.alarm == derived(DeclaredPolicy()).alarm
    assert int(found.detectors_on) == ALL_ON & ~(1 << Detector.CONSTANT) & ~(1 << Detector.CHANGED)


def test_a_share_of_nothing_is_never() -> None:
    nothing = msgspec.structs.replace(
        DetectorsPolicy(), changed=msgspec.structs.replace(DetectorsPolicy().changed, budget_share=0.0)
    )
    found = derived(DeclaredPolicy(detectors=nothing))
    assert (found.change, found.change_critical) == (math.inf, math.inf)
    assert found.alarm < math.inf


def test_every_detector_of_the_core_can_be_declared() -> None:
    assert [name for name in DETECTOR_NAMES if name not in DetectorsPolicy.__struct_fields__] == []
    assert len(DETECTOR_NAMES) == len(Detector)


def test_a_queue_has_what_its_own_table_says_and_others_what_all_have() -> None:
    own = QueuePolicy(
        detectors=without("inverted"),
        known_answers=KnownAnswersPolicy(floor_most=0.5),
        evidence=EvidencePolicy(least_judgments=40),
        clear=ClearPolicy(below_share_of_threshold=0.25),
    )
    policies = Policies.of(DeclaredPolicy(queues={"hard": own}))
    hard, easy = policies.in_queue("hard"), policies.in_queue("easy")
    assert (hard.gold_floor, hard.least_known, hard.clear_share) == (0.5, 40.0, 0.25)
    assert int(hard.detectors_on) == ALL_ON & ~(1 << Detector.INVERTED)
    assert (hard.alarm, hard.change) == (easy.alarm, easy.change), "the budget is of all queues together"
    assert easy == policies.common == derived(DeclaredPolicy())
    assert [policies.row(queue) for queue in ("easy", "hard", "unheard of")] == [0, 1, 0]


def test_the_rows_hold_each_policy_where_its_queue_finds_it() -> None:
    strict = DEFAULT_POLICY._replace(alarm=20.0)
    policies = Policies(own={"a": strict, "b": DEFAULT_POLICY._replace(watch=1.0)})
    rows = policies.rows()
    assert Policy(*rows[policies.row("a")].tolist()) == strict
    assert rows["watch"].tolist() == pytest.approx([math.log(20), math.log(20), 1.0])
    assert rows.dtype == np.dtype([(name, "f8") for name in Policy._fields])


def test_settings_beside_the_budget_reach_the_policy_of_each_queue() -> None:
    declared = parse_policy(
        """
        [evidence]
        least_scored_judgments = 20
        [detectors]
        fast.on = false
        [queues.q.detectors]
        metronomic.on = false
        changed.budget_share = 0.02
        """
    )
    policies = Policies.of(declared)
    common, own = policies.common, policies.in_queue("q")
    assert (common.least_scored, own.least_scored) == (20.0, 20.0)
    assert [named(policy) for policy in (common, own)] == [
        {"metronomic", "inconsistent", "known_gap"},
        {"inconsistent", "known_gap"},
    ]
    assert own.change - common.change == pytest.approx(math.log(10.0))
    assert own.alarm == common.alarm


def named(policy: Policy) -> set[str]:
    return {name for bit, name in enumerate(CORROBORATION_NAMES) if int(policy.corroboration_on) >> bit & 1}
