"""Arming orders and standings for tests: times are whole days."""

from stream.policy.arming import FirstSeen, Standing, Subject, standing
from stream.policy.arming_order import ArmingOrder
from stream.policy.declared import DAY_MS, ShadowPolicy

USUAL = ShadowPolicy()
LONG_AGO = FirstSeen(0, 0, 0)
SUBJECT = Subject("toxicity", "acme", "copying")


def arm(day, until=None, **scope):
    return _order("armed", day, until, scope)


def disarm(day, until=None, **scope):
    return _order("shadow", day, until, scope)


def stands(*orders, day, seen=LONG_AGO, subject=SUBJECT, shadow=USUAL) -> Standing:
    return standing(subject, FirstSeen(*(days(one) for one in seen)), orders, shadow, days(day))


def days(number):
    return None if number is None else round(number * DAY_MS)


def _order(mode, day, until, scope):
    return ArmingOrder(mode=mode, at_ms=days(day), by="M. Okafor", reason="tried out", ends_ms=days(until), **scope)
