from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream.errors import SettingsError
from stream.simulate.behaviours import BEHAVIOURS, CONDUCT, NUMBER, Behaviour
from stream.simulate.names import Naming
from stream.simulate.world import World


@dataclass(frozen=True, slots=True)
class Crowd:
    """The raters of one world, a row each; R raters, Q queues, K the most labels of any queue."""

    ids: list[str]
    behaviour: NDArray[np.int8]  # index into BEHAVIOURS
    vendor: NDArray[np.int16]
    site: NDArray[np.int16]  # index into the vendor's sites
    locale: NDArray[np.int16]
    skill: NDArray[np.float32]  # logits added to a queue's ability
    time: NDArray[np.float32]  # factor on a queue's typical time
    against: NDArray[np.float32]  # R x K: exp(-bias) by label, what the rater's own leaning divides its odds by
    favourite: NDArray[np.float32]  # in [0, 1): which label a constant rater gives
    knows: NDArray[np.bool_]  # R x Q
    partner: NDArray[np.int32]  # whom a copier copies, else -1
    copier: NDArray[np.int32]  # who copies this rater, else -1
    trainee: NDArray[np.bool_]
    energy: NDArray[np.float32]  # how often the rater comes to work, relative to the others

    def doing(self, behaviour: Behaviour) -> NDArray[np.int64]:
        """Rows of the raters who behave so."""
        return np.flatnonzero(self.behaviour == NUMBER[behaviour])


def draw_crowd(world: World, naming: Naming, rng: np.random.Generator) -> Crowd:
    """Draws the raters. Raises SettingsError when the mix cannot be filled."""
    settings = world.crowd
    raters = settings.raters
    behaviour = rng.permutation(_fill(settings.behaviours, raters))
    vendor_shares = np.array([vendor.share for vendor in world.vendors])
    vendor = rng.choice(len(world.vendors), raters, p=vendor_shares / vendor_shares.sum()).astype(np.int16)
    partner = _partners(behaviour, rng)
    copiers = np.flatnonzero(partner >= 0)
    vendor[copiers] = vendor[partner[copiers]]
    site = rng.integers(0, [len(world.vendors[row].sites) for row in vendor]).astype(np.int16)
    site[copiers] = site[partner[copiers]]
    copier = np.full(raters, -1, np.int32)
    copier[partner[copiers]] = copiers
    conduct = [CONDUCT[BEHAVIOURS[number]] for number in behaviour]
    widest = max(len(queue.labels) for queue in world.queues)
    return Crowd(
        ids=[naming.rater(world.vendors[row].name, number) for number, row in enumerate(vendor.tolist())],
        behaviour=behaviour,
        vendor=vendor,
        site=site,
        locale=rng.integers(0, [len(world.vendors[row].locales) for row in vendor]).astype(np.int16),
        skill=_spread(rng, raters, settings.skill_spread) + np.array([c.skill for c in conduct], np.float32),
        time=np.exp(_spread(rng, raters, settings.tempo_spread)) * np.array([c.time for c in conduct], np.float32),
        against=np.exp(-_spread(rng, (raters, widest), settings.bias_spread)),
        favourite=rng.random(raters, np.float32),
        knows=_queues_known(world, behaviour, partner, rng),
        partner=partner,
        copier=copier,
        trainee=rng.random(raters) < world.rates.trainees,
        energy=np.exp(_spread(rng, raters, settings.tempo_spread)),
    )


def _spread(rng: np.random.Generator, shape: int | tuple[int, ...], deviation: float) -> NDArray[np.float32]:
    return rng.standard_normal(shape, np.float32) * np.float32(deviation)


def _fill(shares: Mapping[Behaviour, float], raters: int) -> NDArray[np.int8]:
    """Largest remainders, but nobody who was asked for is rounded away while there are raters to spare."""
    wanted = np.array([shares.get(behaviour, 0.0) for behaviour in BEHAVIOURS]) * raters
    counts = np.floor(wanted).astype(int)
    counts[(counts == 0) & (wanted > 0)] = 1
    while (missing := raters - counts.sum()) != 0:
        counts[np.argmax(wanted - counts) if missing > 0 else np.argmax(counts)] += np.sign(missing)
    return np.repeat(np.arange(len(BEHAVIOURS), dtype=np.int8), counts)


def _partners(behaviour: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int32]:
    copiers = np.flatnonzero(behaviour == NUMBER[Behaviour.COPIER])
    careful = np.flatnonzero(behaviour == NUMBER[Behaviour.CAREFUL])
    if len(copiers) > len(careful):
        raise SettingsError(
            f"{len(copiers)} copiers need as many careful raters to copy, and there are {len(careful)}: "
            "raise the share of careful raters or lower that of copiers"
        )
    partner = np.full(len(behaviour), -1, np.int32)
    partner[copiers] = rng.permutation(careful)[: len(copiers)]
    return partner


def _queues_known(
    world: World, behaviour: NDArray[np.int8], partner: NDArray[np.int32], rng: np.random.Generator
) -> NDArray[np.bool_]:
    raters, queues = len(behaviour), len(world.queues)
    share = np.array([queue.share for queue in world.queues])
    known = rng.integers(1, min(world.crowd.queues_each, queues) + 1, raters)
    # The smallest of exponential times with rates `share` is a weighted draw without replacement.
    rank = (rng.standard_exponential((raters, queues)) / share).argsort(axis=1).argsort(axis=1)
    knows: NDArray[np.bool_] = np.asarray(rank < known[:, None])
    sensitive = np.flatnonzero([queue.sensitivity != "none" for queue in world.queues])
    for row in np.flatnonzero(behaviour == NUMBER[Behaviour.EXPOSED]):
        knows[row] = False
        knows[row, rng.choice(sensitive)] = True
    free = np.flatnonzero((partner < 0) & (behaviour != NUMBER[Behaviour.EXPOSED]))
    shared = np.flatnonzero([queue.redundancy > 1 for queue in world.queues])
    for column, queue in enumerate(world.queues):
        short = queue.redundancy + 1 - int(knows[free, column].sum())
        strangers = rng.permutation(free[~knows[free, column]])
        if short > len(strangers):
            raise SettingsError(
                f"queue {queue.name} needs {queue.redundancy + 1} raters who are neither copiers nor exposed: "
                "ask for more raters or a smaller share of those"
            )
        knows[strangers[: max(0, short)], column] = True
    copiers = np.flatnonzero(partner >= 0)
    knows[copiers] = knows[partner[copiers]]
    if len(copiers) and not len(shared):
        raise SettingsError("a copier needs a queue with at least two judgments an item: raise a queue's redundancy")
    return knows
