from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from stream.policy.arming import Subject
from stream.policy.arming_order import Scope
from stream.policy.declared import ShadowPolicy
from tests.unit.policy.orders import SUBJECT, arm, days, disarm, stands

NEVER = (None, None, None)


def mode(*orders, **how):
    return stands(*orders, **how).mode


@pytest.mark.parametrize("newcomer", [(100, 0, 0), (0, 100, 0), (0, 0, 100)])
def test_a_new_deployment_queue_or_detector_is_in_shadow_for_14_days(newcomer):
    found = stands(day=113.9, seen=newcomer)
    assert (found.mode, found.why, found.look_again_ms) == ("shadow", "new", days(114))
    assert mode(day=114, seen=newcomer) == "armed"


def test_what_was_never_seen_is_new():
    assert mode(day=1_000, seen=NEVER) == "shadow"


def test_a_policy_can_ask_for_an_order_after_the_first_days():
    cautious = ShadowPolicy(afterwards="shadow")
    assert mode(day=1_000, shadow=cautious) == "shadow"
    assert mode(arm(20, queue="toxicity"), day=1_000, shadow=cautious) == "armed"


def test_an_arm_ends_the_first_days_of_what_is_there():
    assert mode(arm(3), day=2, seen=(0, 1, 1)) == "shadow"
    found = stands(arm(3), day=3, seen=(0, 1, 1))
    assert (found.mode, found.why, found.order) == ("armed", "ordered", arm(3))


@pytest.mark.parametrize("newcomer", [(0, 100, 0), (0, 0, 100)])
def test_an_arm_of_the_whole_deployment_does_not_arm_what_comes_later(newcomer):
    assert mode(arm(3), day=101, seen=newcomer) == "shadow"


def test_an_arm_by_name_may_come_before_its_queue():
    assert mode(arm(3, queue="toxicity"), day=101, seen=(0, 100, 0)) == "armed"
    assert mode(arm(3, queue="toxicity"), day=101, seen=(0, 100, 100)) == "shadow"


def test_a_disarm_holds_until_its_end():
    found = stands(disarm(50, until=57, queue="toxicity"), day=56)
    assert (found.mode, found.why, found.look_again_ms) == ("shadow", "ordered", days(57))
    assert mode(disarm(50, until=57, queue="toxicity"), day=57) == "armed"


@pytest.mark.parametrize("scope", [{"queue": "spam"}, {"vendor": "zenith"}, {"detector": "changed"}])
def test_a_disarm_of_something_else_does_not_matter(scope):
    assert mode(disarm(50, **scope), day=51) == "armed"


def test_a_broad_arm_does_not_lift_a_disarm_by_name():
    stop = disarm(50, detector="copying")
    assert mode(stop, arm(51), day=52) == "shadow"
    assert mode(stop, arm(51, queue="toxicity"), day=52) == "shadow"
    assert mode(stop, arm(51, detector="copying"), day=52) == "armed"
    assert mode(stop, arm(51, detector="copying", queue="toxicity"), day=52) == "armed"


def test_a_narrow_arm_lifts_a_broad_disarm_for_itself_only():
    orders = disarm(50), arm(51, queue="toxicity")
    assert mode(*orders, day=52) == "armed"
    assert mode(*orders, day=52, subject=Subject("spam", "acme", "copying")) == "shadow"


def test_a_broad_disarm_stops_what_was_armed_by_name_before():
    assert mode(arm(50, queue="toxicity"), disarm(51), day=52) == "shadow"


def test_once_an_arm_has_ended_the_disarm_that_it_lifted_holds_again():
    orders = disarm(50), arm(51, until=53)
    assert mode(*orders, day=52) == "armed"
    assert mode(*orders, day=53) == "shadow"


def test_of_two_orders_at_the_same_moment_the_disarm_wins():
    assert mode(arm(50), disarm(50), day=51) == "shadow"


def test_the_latest_disarm_is_named_as_the_reason():
    assert stands(disarm(50), disarm(51, queue="toxicity"), day=52).order == disarm(51, queue="toxicity")


def test_an_order_about_one_vendor_is_not_about_raters_of_another():
    assert mode(disarm(50, vendor="acme"), day=51) == "shadow"
    assert mode(disarm(50, vendor="acme"), day=51, subject=Subject("toxicity", "zenith", "copying")) == "armed"


SCOPES = some.fixed_dictionaries(
    {},
    optional={
        "queue": some.sampled_from(["toxicity", "spam"]),
        "vendor": some.sampled_from(["acme", "zenith"]),
        "detector": some.sampled_from(["copying", "changed"]),
    },
)
ORDERS = some.lists(
    some.builds(
        lambda make, day, days_long, scope: make(day, until=days_long and day + days_long, **scope),
        some.sampled_from([arm, disarm]),
        some.integers(0, 30),
        some.none() | some.integers(1, 10),
        SCOPES,
    ),
    max_size=4,
)


@given(ORDERS, some.integers(0, 45))
def test_the_sequence_in_which_orders_are_known_does_not_matter(orders, day):
    assert len({stands(*them, day=day, seen=(0, 5, 9)) for them in permutations(orders)}) == 1


@given(ORDERS, some.integers(0, 45))
def test_nothing_changes_before_the_moment_to_look_again(orders, day):
    found = stands(*orders, day=day, seen=(0, 5, 9))
    until = 60 if found.look_again_ms is None else round(found.look_again_ms / days(1))
    assert {mode(*orders, day=later, seen=(0, 5, 9)) for later in range(day, until)} == {found.mode}


@given(ORDERS, SCOPES, some.integers(31, 45))
def test_whatever_was_ordered_a_disarm_takes_effect_at_once(orders, scope, day):
    if Scope(**scope).concerns(*SUBJECT):
        assert mode(*orders, disarm(30.5, **scope), day=day) == "shadow"
