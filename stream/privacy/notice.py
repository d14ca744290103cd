"""The notice: what is monitored and what weighs how much, written from the policy and the queues file in force.

Nothing in it is typed by hand that a setting decides, so that it cannot say what is not so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from stream.intake.queues import Settings as QueuesFile
from stream.policy.declared import FLAGGING, DeclaredPolicy, DetectorPolicy
from stream.privacy.inventory import INVENTORY
from stream.quality.schema import DAYS, HOURS, WINDOW_JUDGMENTS

MEANINGS = {
    "low_skill": "answers agree with others' less than is usual in the queue",
    "unrelated_to_peers": "answers have hardly more to do with others' than chance",
    "constant_answer": "nearly all answers are the same one",
    "known_answers": "answers to items with a known answer are right too rarely",
    "known_against_rest": "answers to items with a known answer are right while most others are one and the same",
    "inverted": "answers are often the opposite of others', as when a scale was swapped",
    "changed": "recent answers fit the rater's own past no longer",
    "copying": "answers are like one other rater's, on answers that few give",
    "fast": "times are shorter than others' on items of the kind",
    "metronomic": "times are unusually even",
    "inconsistent": "items that came back got another answer",
    "known_gap": "known answers match while the rest does not",
}
WINDOWS = (
    f"the last {WINDOW_JUDGMENTS} judgments",
    "1 hour",
    f"{HOURS} hours",
    f"{DAYS} days",
    "the whole time",
)
RECORDED = (
    "pseudonym, vendor, and site and locale where they are sent",
    "which item was judged, when, with which answer, and for how long it was open",
    "cost of a judgment where it is sent; minutes on sensitive items, which enter no measure of quality",
)
NEVER = (
    "Speed, even times, another answer to an item that came back, disagreement: none opens a finding by itself.",
    "Judgments in training never open one.",
    "Nothing here blocks work or pay. A person decides about a finding, and the rater can answer.",
)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """All that it says, as values."""

    recorded: Sequence[str]
    windows: Sequence[str]
    flagging: Sequence[Mapping[str, Any]]  # name, meaning, on, weight, honest raters in 10,000 weeks
    beside: Sequence[Mapping[str, Any]]
    budget: Mapping[str, float]
    rules: Mapping[str, float | str]
    queues: Sequence[Mapping[str, Any]]
    never: Sequence[str]
    kept: Sequence[Mapping[str, Any]]


def notice(policy: DeclaredPolicy, queues: QueuesFile | None = None) -> Notice:
    """What holds under this policy in these queues."""
    declared = queues.queues if queues is not None else {}
    return Notice(
        recorded=RECORDED,
        windows=WINDOWS,
        flagging=[_flagging(policy, name) for name in FLAGGING],
        beside=[_beside(policy, name) for name in MEANINGS if name not in FLAGGING],
        budget={
            "ticketed": policy.budget.honest_ticketed_per_10000_rater_weeks,
            "critical": policy.budget.honest_critical_per_10000_rater_weeks,
            "judgments_per_rater_week": policy.budget.judgments_per_rater_week,
        },
        rules=_rules(policy),
        queues=[_queue(policy, name, queue) for name, queue in declared.items()],
        never=NEVER,
        kept=[held._asdict() for held in INVENTORY],
    )


def _flagging(policy: DeclaredPolicy, name: str) -> dict[str, Any]:
    settings: DetectorPolicy = getattr(policy.detectors, name)
    weeks = 10_000 * policy.budget.queues_per_rater
    return {
        "name": name,
        "means": MEANINGS[name],
        "on": settings.on,
        "share_of_budget": settings.budget_share,
        "honest_ticketed_per_10000_rater_weeks": policy.allowance(name, "ticket") * weeks,
        "honest_critical_per_10000_rater_weeks": policy.allowance(name, "critical") * weeks,
    }


def _beside(policy: DeclaredPolicy, name: str) -> dict[str, Any]:
    return {"name": name, "means": MEANINGS[name], "on": getattr(policy.detectors, name).on}


def _rules(policy: DeclaredPolicy) -> dict[str, float | str]:
    return {
        "least_judgments": policy.evidence.least_judgments,
        "known_answers_floor_most": policy.known_answers.floor_most,
        "closes_below_share_of_threshold": policy.clear.below_share_of_threshold,
        "shadow_days": policy.shadow.days,
        "afterwards": policy.shadow.afterwards,
        "storm_flagged_share": policy.storm.flagged_share,
        "cases_per_queue_and_vendor_in_24_hours": policy.cap.cases_per_queue_and_vendor,
    }


def _queue(policy: DeclaredPolicy, name: str, queue: Any) -> dict[str, Any]:
    own = policy.of(name)
    off = [detector for detector in FLAGGING if not getattr(own.detectors, detector).on]
    return {
        "name": name,
        "labels": list(queue.labels),
        "judgments_per_item": queue.redundancy,
        "sensitivity": queue.sensitivity,
        "vendors": list(queue.vendors),
        "detectors_off": off,
        "shadow_days": own.shadow.days,
        "differs": name in policy.queues,
    }
