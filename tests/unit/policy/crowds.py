"""Crowds of flags for tests: so many raters of a vendor, so many of them flagged."""

from stream.policy.declared import HOUR_MS, DeclaredPolicy
from stream.policy.flags import FlagRow
from stream.policy.storm import judge_flags

NOW = 1_000 * HOUR_MS
POLICY = DeclaredPolicy()


def crowd(vendor, raters, flagged=0, *, site=None, hours_ago=1.0, detector="unrelated_to_peers", severity="ticket"):
    """Active raters of a queue, the first of them flagged."""
    return [
        FlagRow("spam", vendor, site, f"{vendor}-{site}-{number:03}", 100)
        if number >= flagged
        else FlagRow("spam", vendor, site, f"{vendor}-{site}-{number:03}", 100, hours(-hours_ago), detector, severity)
        for number in range(raters)
    ]


def hours(after_now):
    return NOW + round(after_now * HOUR_MS)


def judged(*crowds, at=NOW, policy=POLICY):
    [found] = judge_flags([row for rows in crowds for row in rows], policy, at).values()
    return found
