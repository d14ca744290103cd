"""The thresholds that hold in each queue, derived from the declared policy."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from stream.policy.declared import DeclaredPolicy, Level, QueuePolicy, ShadowPolicy
from stream.quality.budget import thresholds
from stream.quality.copying import copying_threshold
from stream.quality.policy import CORROBORATION_NAMES, DEFAULT_POLICY, DETECTOR_NAMES, Policy, as_rows

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
    may_flag = partial(declared.allowance, queue=queue)
    ticket = thresholds(_alarm(may_flag, "ticket"), may_flag("changed", "ticket"), week)
    critical = thresholds(_alarm(may_flag, "critical"), may_flag("changed", "critical"), week)
    return DEFAULT_POLICY._replace(
        gold_floor=ours.known_answers.floor_most,
        gold_alarm=_nats(may_flag("known_answers", "ticket")),
        gold_critical=_nats(may_flag("known_answers", "critical")),
        alarm=ticket.alarm,
        alarm_critical=critical.alarm,
        change=ticket.change,
        change_critical=critical.change,
        copying=copying_threshold(may_flag("copying", "ticket")),
        copying_critical=copying_threshold(may_flag("copying", "critical")),
        clear_share=ours.clear.below_share_of_threshold,
        least_known=float(ours.evidence.least_judgments),
        least_scored=float(ours.evidence.least_scored_judgments),
        detectors_on=_bits_on(ours, DETECTOR_NAMES),
        corroboration_on=_bits_on(ours, CORROBORATION_NAMES),
    )


def _alarm(may_flag: Callable[[str, Level], float], level: Level) -> float:
    return sum(may_flag(name, level) for name in ALARM_NAMES)


def _bits_on(ours: QueuePolicy, names: Sequence[str]) -> float:
    return float(sum(getattr(ours.detectors, name).on << bit for bit, name in enumerate(names)))


def _nats(allowance: float) -> float:
    return -math.log(allowance) if allowance > 0.0 else math.inf
