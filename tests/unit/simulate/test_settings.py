from dataclasses import replace

import pytest

from stream.errors import SettingsError
from stream.simulate import Behaviour, CrowdSettings, Rates, World, plain_world, simulate


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"queues": ()}, "at least one queue"),
        ({"vendors": ()}, "at least one queue and one vendor"),
        ({"judgments": 0}, "judgments must be 1 or more"),
        ({"rates": Rates(golds=1.5)}, "rate golds is a share"),
        ({"crowd": CrowdSettings(behaviours={Behaviour.CAREFUL: 0.5})}, "sum to 0.5000"),
        ({"crowd": CrowdSettings(raters=4)}, "ask for at least 6 raters"),
    ],
)
def test_a_world_that_cannot_be_is_refused_with_what_to_change(change, says):
    with pytest.raises(SettingsError, match=says):
        World(**change)


def test_exposed_raters_need_a_sensitive_queue():
    with pytest.raises(SettingsError, match="sensitive or severe"):
        plain_world(100, 10, {Behaviour.CAREFUL: 0.5, Behaviour.EXPOSED: 0.5})


def test_copiers_need_careful_raters_to_copy():
    with pytest.raises(SettingsError, match="as many careful raters"):
        simulate(plain_world(100, 10, {Behaviour.COPIER: 0.8, Behaviour.CAREFUL: 0.2}), 1)


def test_a_queue_needs_raters_who_work_by_themselves():
    with pytest.raises(SettingsError, match="neither copiers nor exposed"):
        simulate(plain_world(100, 5, {Behaviour.COPIER: 0.4, Behaviour.CAREFUL: 0.6}), 1)


def test_a_crowd_just_large_enough_works():
    events = list(simulate(plain_world(120, 4), 1))

    assert len(events) == 120
    assert len({event.rater_id for event in events}) == 4


def test_shares_are_met_and_no_behaviour_asked_for_is_rounded_away():
    mix = {Behaviour.CAREFUL: 0.895, Behaviour.RANDOM: 0.1, Behaviour.LAZY: 0.005}
    crowd = simulate(plain_world(100, 40, mix), 1).crowd

    assert [len(crowd.doing(b)) for b in (Behaviour.CAREFUL, Behaviour.RANDOM, Behaviour.LAZY)] == [35, 4, 1]


def test_degradation_can_be_set_to_a_judgment():
    world = plain_world(4_000, 10, {Behaviour.CAREFUL: 0.8, Behaviour.DEGRADING: 0.2})
    simulation = simulate(replace(world, crowd=replace(world.crowd, degrades_at=77)), 1)
    for _ in simulation:
        pass

    degraded = [row for row in simulation.truth.raters() if row.behaviour is Behaviour.DEGRADING]
    assert [(row.bad, row.from_judgment) for row in degraded] == [(True, 77)] * 2


def test_a_copier_works_for_the_partners_vendor_in_the_partners_queues():
    crowd = simulate(World(judgments=1_000, crowd=CrowdSettings(raters=300)), 1).crowd
    copiers = crowd.doing(Behaviour.COPIER)

    assert len(copiers) == 3
    for attribute in (crowd.knows, crowd.vendor, crowd.site):
        assert (attribute[copiers] == attribute[crowd.partner[copiers]]).all()
