from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from stream.events import Adjudication, Gold, Judgment, Retraction
from stream.simulate.behaviours import HONEST, NUMBER
from stream.simulate.labels import Codes
from stream.simulate.names import Naming
from stream.simulate.scene import Scene
from stream.simulate.timing import Timing
from stream.simulate.world import Rates

Event = Judgment | Gold | Adjudication | Retraction
Later = list[tuple[int, Event]]  # (arrival in ms since the epoch, event)

CORRECTED_AFTER_MS = 6 * 3_600_000  # means of exponential times
ADJUDICATED_AFTER_MS = 4 * 3_600_000
RETRACTED_AFTER_MS = 20 * 60_000
REVISED_AFTER_MS = 5 * 60_000
DELIVERED_AGAIN_AFTER_MS = 5_000
AUDITORS = 8
CRITICAL_SHARE = 0.3  # of the adjudications that are about what matters most


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What happens to a shift's judgments and items later on."""

    later: Later
    codes: Codes  # after revisions
    standing: NDArray[np.bool_]  # not retracted


def follow_up(
    scene: Scene,
    rates: Rates,
    names: Naming,
    codes: Codes,
    timing: Timing,
    events: list[Judgment],
    rng: np.random.Generator,
) -> Aftermath:
    """Golds told and corrected, adjudications, retractions, revisions, duplicates."""
    later = [*_golds(scene, rng), *_adjudications(scene, rates, names, timing, rng)]
    revised, retracted, doubled = (
        rng.random(len(events)) < share for share in (rates.revisions, rates.retractions, rates.duplicates)
    )
    honest = np.isin(scene.crowd.behaviour[scene.work.rater], [NUMBER[behaviour] for behaviour in HONEST])
    final = codes.copy()
    for row in np.flatnonzero(revised & honest & (codes != scene.items.truth[scene.work.item])):
        if events[row].outcome == "answered":
            final[row] = scene.items.truth[scene.work.item[row]]
            again = msgspec.structs.replace(events[row], label=scene.labels.answers[final[row]], revision=1, gold=None)
            later.append((_after(timing.arrival_ms[row], REVISED_AFTER_MS, rng), again))
    for row in np.flatnonzero(retracted):
        at = _after(timing.arrival_ms[row], RETRACTED_AFTER_MS, rng)
        later.append((at, _retraction(events[row], at)))
    later.extend(
        (_after(timing.arrival_ms[row], DELIVERED_AGAIN_AFTER_MS, rng), events[row]) for row in np.flatnonzero(doubled)
    )
    return Aftermath(later, final, ~retracted)


def _after(moment_ms: int, mean_ms: int, rng: np.random.Generator) -> int:
    return int(moment_ms) + 1 + int(rng.standard_exponential() * mean_ms)


def _retraction(judgment: Judgment, at: int) -> Retraction:
    return Retraction(
        queue=judgment.queue,
        item_id=judgment.item_id,
        judgment_id=judgment.judgment_id,
        rater_id=judgment.rater_id,
        reason="sent by mistake",
        at=at,
    )


def _golds(scene: Scene, rng: np.random.Generator) -> Later:
    items, answers, opened = scene.items, scene.labels.answers, scene.shift.start_ms
    later: Later = [
        (opened, _gold(scene, row, answers[items.known[row]], 0, opened))
        for row in np.flatnonzero(items.announced).tolist()
    ]
    for row in np.flatnonzero(items.correction).tolist():
        at = _after(opened, CORRECTED_AFTER_MS, rng)
        label = answers[items.truth[row]] if items.correction[row] == 1 else None
        later.append((at, _gold(scene, row, label, 1, at)))
    return later


def _gold(scene: Scene, row: int, label: str | list[str] | None, revision: int, at: int) -> Gold:
    return Gold(
        queue=scene.queue.name,
        item_id=scene.item_id(row),
        label=label,
        revision=revision,
        at=at,
        guideline=scene.guideline,
    )


def _adjudications(scene: Scene, rates: Rates, names: Naming, timing: Timing, rng: np.random.Generator) -> Later:
    """An auditor looks at a random item once the shift is over, and is right."""
    over = int(timing.submitted_ms.max(initial=scene.shift.start_ms))
    later: Later = []
    for row in np.flatnonzero(rng.random(len(scene.items)) < rates.adjudications).tolist():
        at = _after(over, ADJUDICATED_AFTER_MS, rng)
        event = Adjudication(
            queue=scene.queue.name,
            item_id=scene.item_id(row),
            label=scene.labels.answers[scene.items.truth[row]],
            revision=0,
            auditor=names.auditor(int(rng.integers(AUDITORS))),
            sampling="random",
            severity="critical" if rng.random() < CRITICAL_SHARE else "minor",
            at=at,
            guideline=scene.guideline,
        )
        later.append((at, event))
    return later
