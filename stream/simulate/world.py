import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stream.errors import SettingsError
from stream.simulate.behaviours import EVERYDAY_MIX, Behaviour
from stream.simulate.everyday import QUEUES, VENDORS
from stream.simulate.places import QueueWorld, VendorWorld

FIRST_MONDAY_MS = 1_767_571_200_000  # 2026-01-05T00:00:00Z: a fixed past, so that the same seed gives the same bytes


@dataclass(frozen=True, slots=True)
class Rates:
    """How often the untidy things of a real log happen, as shares; each may be 0."""

    golds: float = 0.1  # items with a known answer; a tenth is what platforms recommend
    golds_as_events: float = 0.3  # of the golds: announced by their own event rather than inside a judgment
    golds_wrong: float = 0.02  # of the golds: wrong at first, corrected by an event of a higher revision
    golds_withdrawn: float = 0.2  # of the wrong golds: withdrawn instead of corrected
    adjudications: float = 0.01  # items that an auditor draws at random
    retractions: float = 0.001  # judgments taken back
    revisions: float = 0.002  # honest judgments sent again with the right label
    duplicates: float = 0.002  # judgments delivered twice, byte for byte
    repeats: float = 0.005  # judgments asked once more of the same rater: self-consistency
    skips: float = 0.005
    escalations: float = 0.002
    late: float = 0.002  # judgments that reach the log up to two hours late
    untimed: float = 0.01  # judgments without a duration
    trainees: float = 0.03  # raters whose first judgments in each queue are training


@dataclass(frozen=True, slots=True)
class CrowdSettings:
    """Who works: how many, how well, in which way. Spreads are standard deviations."""

    raters: int = 200
    behaviours: Mapping[Behaviour, float] = field(default_factory=lambda: dict(EVERYDAY_MIX))  # shares, sum 1
    skill_spread: float = 0.5  # logits between careful raters
    bias_spread: float = 0.3  # logits by class: nobody is even-handed
    tempo_spread: float = 0.25  # of log time between raters
    time_spread: float = 0.5  # of log time within a rater
    queues_each: int = 2  # queues a rater knows, at most
    copied: float = 0.9  # share of a partner's answers that a copier sends unchanged
    constant: float = 0.97  # share of the constant answer; the rest are slips
    looks: float = 0.25  # share of items that a lazy rater reads
    inverts: float = 0.8  # share of answers turned round by somebody who has the scale wrong
    degrades_at: int | None = None  # the judgment in a queue from which one degrades; None: half of what is expected
    training_judgments: int = 30  # length of the training in each queue
    speeder_margin: float = 0.05  # a speeder counts as bad when this far below the queue's honest mean


@dataclass(frozen=True, slots=True)
class World:
    """Everything `simulate` needs beside the seed. Judgments are counted before repeats, duplicates and revisions."""

    judgments: int = 100_000  # whole items only: up to redundancy - 1 more
    queues: tuple[QueueWorld, ...] = QUEUES
    vendors: tuple[VendorWorld, ...] = VENDORS
    crowd: CrowdSettings = field(default_factory=CrowdSettings)
    rates: Rates = field(default_factory=Rates)
    start_ms: int = FIRST_MONDAY_MS
    days: int = 3  # the work is spread over so many days, or more when it does not fit
    block_minutes: int = 60  # items open together at a block's start and are finished within it
    session_judgments: int = 200  # of a rater in a block; less in a small world, so that everybody has a few sessions
    on_shift: int = 600  # raters at work at the same time, at most: bounds memory to about 100,000 judgments a block
    guideline_changes_at: float = 0.6  # share of the work after which queues of two versions move to the second
    pseudonyms: Literal["demo", "raw"] = "demo"  # raw: ids as a vendor's own system has them

    def __post_init__(self) -> None:
        check(self)


def check(world: World) -> None:
    """Raises SettingsError on a world that cannot be simulated, with what to change."""
    _check_ranges(world)
    crowd = world.crowd
    needed = max((queue.redundancy for queue in world.queues), default=1)
    shares = crowd.behaviours.values()
    if not world.queues or not world.vendors:
        raise SettingsError("a world needs at least one queue and one vendor: add them to `queues` and `vendors`")
    if min(shares, default=0.0) < 0 or not math.isclose(sum(shares), 1.0, abs_tol=1e-6):
        raise SettingsError(f"shares of behaviours must be 0 or more and sum to 1; these sum to {sum(shares):.4f}")
    if crowd.raters < needed + 1:
        raise SettingsError(
            f"{crowd.raters} raters are too few for {needed} judgments an item: "
            f"ask for at least {needed + 1} raters or lower the queues' redundancy"
        )
    if crowd.behaviours.get(Behaviour.EXPOSED, 0) and all(queue.sensitivity == "none" for queue in world.queues):
        raise SettingsError("exposed raters need a queue of sensitive or severe content: declare one or leave them out")


def _check_ranges(world: World) -> None:
    for name in Rates.__slots__:
        if not 0 <= getattr(world.rates, name) <= 1:
            raise SettingsError(f"rate {name} is a share: give a number from 0 to 1, not {getattr(world.rates, name)}")
    for name in ("judgments", "days", "block_minutes", "session_judgments", "on_shift"):
        if getattr(world, name) < 1:
            raise SettingsError(f"{name} must be 1 or more, not {getattr(world, name)}")
