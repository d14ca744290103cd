"""The thresholds that hold in each queue, derived from the declared policy."""

import math
from collections.abc import Mapping

import numpy as np

from stream.policy.declared import DeclaredPolicy, Level, ShadowPolicy
from stream.quality.budget import thresholds
from stream.quality.copying import copying_threshold
from stream.quality.policy import DEFAULT_POLICY, DETECTOR_NAMES, Policy, as_rows

ALARM_NAMES = ("low_skill", "unrelated_to_peers", "constant_answer", "known_against_rest", "inverted")


class Policies:
    """A policy for all queues, and those that differ, by name."""

    def __init__(
        self,
        common: Policy = DEFAULT_POLICY,
        own: Mapping[str, Policy] | None = None,
        declared: DeclaredPolicy | None = None,
    ) -> None:
        self.common, self._own = common, dict(own or {})
        self._declared = declared or DeclaredPolicy()
        self._row_of = {name: 1 + at for at, name in enumerate(self._own)}

    @classmethod
    def of(cls, declared: DeclaredPolicy) -> "Policies":
        """From what the policy file declares."""
        return cls(derived(declared), {queue: derived(declared, queue) for queue in declared.queues}, declared)

    def row(self, queue: str) -> int:
        """The row of `rows` that holds in a queue."""
        return self._row_of.get(queue, 0)

    def in_queue(self, queue: str) -> Policy:
        """What holds in a queue."""
        return self._own.get(queue, self.common)

    def shadow_in(self, queue: str) -> ShadowPolicy:
        """How long new findings of a queue only show on boards."""
        return self._declared.of(queue).shadow

    def rows(self) -> np.ndarray:
        """POLICY[]."""
        return as_rows([self.common, *self._own.values()])


def derived(declared: DeclaredPolicy, queue: str | None = None) -> Policy:
    """The thresholds that keep the declared budget in a queue (None: in all that have no own tables).

    The alarm is one test under five names, so it spends their shares together.
    """
    ours = declared if queue is None else declared.of(queue)
    week = declared.budget.judgments_per_rater_week
    ticket = thresholds(_alarm(declared, "ticket"), declared.allowance("changed", "ticket"), week)
    critical = thresholds(_alarm(declared, "critical"), declared.allowance("changed", "critical"), week)
    return DEFAULT_POLICY._replace(
        gold_floor=ours.known_answers.floor_most,
        gold_alarm=_nats(declared.allowance("known_answers", "ticket")),
        gold_critical=_nats(declared.allowance("known_answers", "critical")),
        alarm=ticket.alarm,
        alarm_critical=critical.alarm,
        change=ticket.change,
        change_critical=critical.change,
        copying=copying_threshold(declared.allowance("copying", "ticket")),
        copying_critical=copying_threshold(declared.allowance("copying", "critical")),
        clear_share=ours.clear.below_share_of_threshold,
        least_known=float(ours.evidence.least_judgments),
        detectors_on=float(sum(getattr(ours.detectors, name).on << bit for bit, name in enumerate(DETECTOR_NAMES))),
    )


def _alarm(declared: DeclaredPolicy, level: Level) -> float:
    return sum(declared.allowance(name, level) for name in ALARM_NAMES)


def _nats(allowance: float) -> float:
    return -math.log(allowance) if allowance > 0.0 else math.inf
