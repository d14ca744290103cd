"""What the policy file declares: budgets and limits that people choose. Thresholds are derived from them, never typed.

`deploy/policy.toml` holds the same numbers with their reasons; a test keeps the two equal.
"""

import hashlib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from stream.events import Id

Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0, le=1_000_000)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Hours = Annotated[float, Meta(gt=0, le=24)]
Level = Literal["ticket", "critical"]

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
RATER_WEEKS = 10_000  # the budget is stated per so many


class BudgetPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[budget]: how many honest raters may be flagged wrongly, over all queues, detectors and restarts together."""

    honest_ticketed_per_10000_rater_weeks: Positive = 10.0
    honest_critical_per_10000_rater_weeks: Positive = 1.0
    judgments_per_rater_week: Count = 2_500
    queues_per_rater: Annotated[float, Meta(ge=1, le=1_000)] = 1.0  # each queue tests the rater anew


class DetectorPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[detectors.NAME] of a detector that opens findings by itself, and what it may spend of the budget."""

    on: bool = True
    budget_share: Share


class CorroborationPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[detectors.NAME] of evidence that stands beside a finding and never opens one, hence without a budget."""

    on: bool = True


class DetectorsPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[detectors]: all of them, by the names that findings, metrics and commands use."""

    low_skill: DetectorPolicy = DetectorPolicy(budget_share=0.10)
    unrelated_to_peers: DetectorPolicy = DetectorPolicy(budget_share=0.25)
    constant_answer: DetectorPolicy = DetectorPolicy(budget_share=0.15)
    known_answers: DetectorPolicy = DetectorPolicy(budget_share=0.10)
    known_against_rest: DetectorPolicy = DetectorPolicy(budget_share=0.05)
    inverted: DetectorPolicy = DetectorPolicy(budget_share=0.10)
    changed: DetectorPolicy = DetectorPolicy(budget_share=0.20)
    copying: DetectorPolicy = DetectorPolicy(budget_share=0.05)
    fast: CorroborationPolicy = CorroborationPolicy()
    metronomic: CorroborationPolicy = CorroborationPolicy()
    inconsistent: CorroborationPolicy = CorroborationPolicy()
    known_gap: CorroborationPolicy = CorroborationPolicy()


DETECTORS: tuple[str, ...] = DetectorsPolicy.__struct_fields__
FLAGGING = tuple(name for name in DETECTORS if isinstance(getattr(DetectorsPolicy(), name), DetectorPolicy))


class KnownAnswersPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[known_answers]: the floor that a rater's accuracy on items with a known answer is tested against."""

    floor_most: Share = 0.70  # the floor is the midpoint of chance and the queue's median, never above this


class EvidencePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[evidence]: how much there must be before anything is said of a rater."""

    # Where answers are sets, compared with peers, before their agreement is said; they are looked at fifty at a time.
    least_scored_judgments: Annotated[int, Meta(ge=1, le=50)] = 30
    least_judgments: Count = 10  # of any kind, before a rater without findings counts as ok


class ClearPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[clear]: when an open finding closes by itself."""

    below_share_of_threshold: Share = 0.5  # of the threshold in nats


class ShadowPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[shadow]: how long something new only shows its findings, without case or message."""

    days: Annotated[float, Meta(ge=0, le=3_650)] = 14.0
    afterwards: Literal["armed", "shadow"] = "armed"  # shadow: until someone runs `raterwatch arm`

    @property
    def length_ms(self) -> int:
        return round(self.days * DAY_MS)


class StormPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[storm]: when so many raters are flagged that the queue or a vendor's site is looked at first."""

    active_judgments: Count = 10  # within a day make a rater active
    active_raters: Count = 20  # fewer say nothing about the queue
    flagged_share: Share = 0.20  # of the active raters
    constant_share: Share = 0.25  # more raters than this who look constant blame the queue, whoever employs them
    inhibit_hours: Hours = 24.0
    group_active_raters: Count = 10  # at a vendor or site, and among the others who are compared with it
    group_flagged_raters: Count = 3  # at a vendor or site

    @property
    def inhibit_ms(self) -> int:
        return round(self.inhibit_hours * HOUR_MS)


class CapPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[cap]: new cases in any 24 hours; the others wait, while states and boards stay as they are."""

    cases_per_queue_and_vendor: Count = 10  # and as many critical ones, which do not wait behind tickets


class QueuePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds in one queue. A table under [queues.NAME] says only what differs there."""

    detectors: DetectorsPolicy = DetectorsPolicy()
    known_answers: KnownAnswersPolicy = KnownAnswersPolicy()
    evidence: EvidencePolicy = EvidencePolicy()
    clear: ClearPolicy = ClearPolicy()
    shadow: ShadowPolicy = ShadowPolicy()
    storm: StormPolicy = StormPolicy()
    cap: CapPolicy = CapPolicy()


class DeclaredPolicy(QueuePolicy, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. Exposure is left out on purpose: it is care for a person and enters no decision about quality."""

    budget: BudgetPolicy = BudgetPolicy()
    queues: dict[Id, QueuePolicy] = {}

    @property
    def digest(self) -> str:
        """Eight hex digits that change with what is declared, and not with how the file is written."""
        return hashlib.blake2b(msgspec.json.encode(self, order="sorted"), digest_size=4).hexdigest()

    def of(self, queue: str) -> QueuePolicy:
        """What holds in this queue."""
        return self.queues.get(queue, self)

    def allowance(self, detector: str, level: Level, queue: str | None = None) -> float:
        """Honest raters that a detector may flag, per rater, week and queue: its threshold follows from this.

        A queue may spend its part of the budget otherwise than the rest. 0 for evidence that never flags by itself. A
        detector that is off keeps its share: it makes no other more eager.
        """
        settings = getattr((self if queue is None else self.of(queue)).detectors, detector)
        share = settings.budget_share if isinstance(settings, DetectorPolicy) else 0.0
        budget = self.budget
        per_rater_weeks = (
            budget.honest_critical_per_10000_rater_weeks
            if level == "critical"
            else budget.honest_ticketed_per_10000_rater_weeks
        )
        return float(share * per_rater_weeks / RATER_WEEKS / budget.queues_per_rater)
