"""Whole crowds through both stages: who reads the items is not flagged, on scales and where one answer is usual."""

import pytest

from stream.backtest.run import run
from stream.intake.queues_file import parse_settings
from stream.intake.settings_control import payload_of
from stream.simulate.behaviours import Behaviour
from stream.simulate.places import QueueWorld
from stream.simulate.presets import plain_world
from stream.simulate.queues_file import queues_file
from stream.simulate.simulation import simulate

LEVELS = QueueWorld(
    name="levels",
    kind="ordinal",
    labels=("none", "mild", "moderate", "strong", "extreme"),
    prior=(0.5, 0.2, 0.15, 0.1, 0.05),
)
USUAL = QueueWorld(name="usual", kind="nominal", labels=("fine", "spam"), prior=(0.85, 0.15), ability=2.5)
THREE = QueueWorld(
    name="three",
    kind="nominal",
    labels=("allowed", "age_gated", "removed"),
    prior=(0.6, 0.25, 0.15),
    redundancy=4,
    ability=2.8,
)
CAREFUL = {Behaviour.CAREFUL: 0.84}
SOME_MISREAD = {Behaviour.CAREFUL: 0.76, Behaviour.MINORITY_READING: 0.08}
PLANTED = {Behaviour.RANDOM: 0.04, Behaviour.CONSTANT_ANSWER: 0.08, Behaviour.INVERTED: 0.04}


@pytest.mark.parametrize(
    ("queue", "honest"),
    [(LEVELS, SOME_MISREAD), (USUAL, SOME_MISREAD), (THREE, CAREFUL)],
    ids=["a_scale", "two_labels_one_of_them_usual", "three_labels"],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_planted_raters_are_found_and_honest_ones_never_flagged(
    queue: QueueWorld, honest: dict[Behaviour, float], seed: int
) -> None:
    world = plain_world(8_000, 25, honest | PLANTED, (queue,))
    simulation = simulate(world, seed)
    result = run(list(simulation), payload_of(parse_settings(queues_file(world))))
    truth = {row.rater_id: row for row in simulation.truth.raters()}
    flagged = {finding.rater_id for finding in result.findings if finding.event == "opened"}
    assert {str(truth[rater].behaviour) for rater in flagged if not truth[rater].bad} == set()
    assert {str(truth[rater].behaviour) for rater in truth if truth[rater].bad and rater not in flagged} == set()
