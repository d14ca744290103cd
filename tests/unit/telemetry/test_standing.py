import pytest

from stream.telemetry.standing import Shown, Standing

ONE = Shown("rkx-1", "toxicity", "acme", "known_answers", "shadow")
TWO = Shown("rkx-2", "toxicity", "acme", "known_answers", "shadow")


@pytest.fixture
def standing() -> Standing:
    return Standing(cleared_for_s=100, handover_s=10)


def test_a_closed_finding_is_0_for_the_look_back_and_then_gone(standing: Standing) -> None:
    standing.hold("outcomes:0", frozenset({ONE, TWO}), 0)
    standing.hold("outcomes:0", frozenset({TWO}), 50)
    assert standing.values(50) == {TWO: 1, ONE: 0}
    assert standing.values(149) == {TWO: 1, ONE: 0}
    assert standing.values(150) == {TWO: 1}


def test_a_finding_that_opens_again_is_1_again(standing: Standing) -> None:
    for now_s, found in ((0, {ONE}), (1, set()), (2, {ONE})):
        standing.hold("outcomes:0", frozenset(found), now_s)
    assert standing.values(500) == {ONE: 1}


def test_a_shard_that_left_is_exported_as_it_was_until_its_new_owner_serves_and_never_as_0(standing: Standing) -> None:
    standing.hold("outcomes:0", frozenset({ONE}), 0)
    standing.release("outcomes:0", 20)
    assert standing.values(29) == {ONE: 1}
    assert standing.values(30) == {}


def test_a_0_goes_with_its_shard_for_its_new_owner_may_open_the_finding_again(standing: Standing) -> None:
    standing.hold("outcomes:0", frozenset({ONE, TWO}), 0)
    standing.hold("outcomes:0", frozenset({TWO}), 5)
    standing.release("outcomes:0", 20)
    assert standing.values(29) == {TWO: 1, ONE: 0}
    assert standing.values(30) == {}


def test_what_another_owner_closed_meanwhile_is_0_when_the_shard_comes_back(standing: Standing) -> None:
    standing.hold("outcomes:0", frozenset({ONE, TWO}), 0)
    standing.release("outcomes:0", 1)
    standing.hold("outcomes:0", frozenset({TWO}), 2)
    assert standing.values(3) == {TWO: 1, ONE: 0}
    assert standing.values(50) == {TWO: 1, ONE: 0}


def test_one_shard_says_nothing_about_another(standing: Standing) -> None:
    standing.hold("outcomes:0", frozenset({ONE}), 0)
    standing.hold("outcomes:1", frozenset({TWO}), 0)
    standing.release("outcomes:1", 1)
    standing.hold("outcomes:0", frozenset(), 2)
    assert standing.values(3) == {TWO: 1, ONE: 0}
