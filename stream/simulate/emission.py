from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream.events import Judgment
from stream.simulate.crowd import Crowd
from stream.simulate.labels import Answer, Codes
from stream.simulate.scene import Scene
from stream.simulate.timing import Timing
from stream.simulate.world import Rates, World

Outcome = Literal["answered", "skipped", "escalated"]
Stage = Literal["production", "training"]
OUTCOMES: tuple[Outcome, ...] = ("answered", "skipped", "escalated")
STAGES: tuple[Stage, ...] = ("production", "training")


class Badge(NamedTuple):
    """What every judgment of a rater says about the rater."""

    rater_id: str
    vendor: str
    locale: str
    site: str
    cost: str
    currency: str


def badges(world: World, crowd: Crowd) -> list[Badge]:
    """The badge of each rater of the crowd."""
    employers = [world.vendors[row] for row in crowd.vendor]
    return [
        Badge(rater_id, vendor.name, vendor.locales[locale], vendor.sites[site], vendor.cost, vendor.currency)
        for rater_id, vendor, locale, site in zip(crowd.ids, employers, crowd.locale, crowd.site, strict=True)
    ]


def draw_outcomes(number: int, rates: Rates, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices into OUTCOMES."""
    chance = rng.random(number)
    return (chance < rates.skips + rates.escalations).astype(np.int64) + (chance < rates.escalations)


def emit(
    scene: Scene,
    world: World,
    people: list[Badge],
    codes: Codes,
    outcomes: NDArray[np.int64],
    timing: Timing,
    serial: int,
    rng: np.random.Generator,
) -> list[Judgment]:
    """The judgments of a shift as events, row by row; their ids count on from `serial`."""
    work, queue = scene.work, scene.queue
    answers = scene.labels.answers
    ids = [scene.item_id(row) for row in range(len(scene.items))]
    kinds: list[str | None] = [name for name, _ in queue.item_kinds] or [None]
    trained = scene.crowd.trainee[work.rater] & (scene.number <= world.crowd.training_judgments)
    duration: list[int | None] = timing.duration_ms.tolist()
    for row in np.flatnonzero(rng.random(len(work)) < world.rates.untimed):
        duration[row] = None
    sensitivity = None if queue.sensitivity == "none" else queue.sensitivity
    rows = zip(
        work.rater.tolist(),
        work.item.tolist(),
        codes.tolist(),
        outcomes.tolist(),
        timing.submitted_ms.tolist(),
        duration,
        _inline_golds(scene, timing),
        trained.tolist(),
        strict=True,
    )
    kind_of = scene.items.kind.tolist()
    return [
        Judgment(
            judgment_id=f"j{number:08d}",
            item_id=ids[item],
            rater_id=(badge := people[rater]).rater_id,
            queue=queue.name,
            vendor=badge.vendor,
            submitted_at=submitted,
            label=None if outcome else answers[code],
            duration_ms=duration_ms,
            gold=gold,
            outcome=OUTCOMES[outcome],
            guideline=scene.guideline,
            locale=badge.locale,
            site=badge.site,
            stage=STAGES[training],
            sensitivity=sensitivity,
            cost=badge.cost,
            currency=badge.currency,
            item_kind=kinds[kind_of[item]],
        )
        for number, (rater, item, code, outcome, submitted, duration_ms, gold, training) in enumerate(rows, serial)
    ]


def _inline_golds(scene: Scene, timing: Timing) -> list[Answer | None]:
    """The known answer, on the judgment of a gold item that reaches the log first."""
    golds: list[Answer | None] = [None] * len(scene.work)
    inline = scene.items.gold & ~scene.items.announced
    rows = np.flatnonzero(inline[scene.work.item])
    rows = rows[np.argsort(timing.arrival_ms[rows], kind="stable")]
    _, first = np.unique(scene.work.item[rows], return_index=True)
    for row in rows[first].tolist():
        golds[row] = scene.labels.answers[scene.items.known[scene.work.item[row]]]
    return golds
