from collections import defaultdict
from dataclasses import dataclass, replace

import pytest

from stream.events import Judgment
from stream.simulate import Behaviour, CrowdSettings, RaterTruth, Simulation, World, plain_world, simulate


@dataclass(frozen=True)
class Run:
    """A finished simulation and what came out of it."""

    simulation: Simulation
    events: list
    truth: dict[tuple[str, str], RaterTruth]  # by rater and queue

    @property
    def judgments(self) -> list[Judgment]:
        return [event for event in self.events if type(event) is Judgment]

    def first_sent(self) -> list[Judgment]:
        """Each judgment once, as it was first sent."""
        return list({event.judgment_id: event for event in reversed(self.judgments)}.values())[::-1]

    def of(self, behaviour: Behaviour) -> dict[tuple[str, str], list[Judgment]]:
        """The judgments of such raters by rater and queue, in the order of submission."""
        made = defaultdict(list)
        for judgment in sorted(self.first_sent(), key=lambda judgment: judgment.submitted_at):
            if self.truth[judgment.rater_id, judgment.queue].behaviour is behaviour:
                made[judgment.rater_id, judgment.queue].append(judgment)
        return made


def run(world: World, seed: int = 5) -> Run:
    simulation = simulate(world, seed)
    events = list(simulation)
    return Run(simulation, events, {(row.rater_id, row.queue): row for row in simulation.truth.raters()})


@pytest.fixture(scope="session")
def everyday() -> Run:
    """Every behaviour four times or more, every queue kind, everything untidy more often than usual."""
    mix = {**dict.fromkeys(Behaviour, 0.05), Behaviour.CAREFUL: 0.3}
    world = World(judgments=80_000, crowd=CrowdSettings(raters=80, behaviours=mix))
    rates = replace(
        world.rates,
        golds_wrong=0.2,
        retractions=0.01,
        revisions=0.05,
        duplicates=0.01,
        repeats=0.02,
        adjudications=0.05,
    )
    return run(replace(world, rates=rates))


@pytest.fixture(scope="session")
def one_queue() -> Run:
    """Everybody in the plain queue of labels a, b, c, d, true on 40, 30, 20 and 10 % of the items."""
    mix = {b: 0.05 for b in Behaviour if b is not Behaviour.EXPOSED} | {Behaviour.CAREFUL: 0.35}
    return run(plain_world(30_000, 60, mix))
