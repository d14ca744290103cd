"""Named points of the protocol where a fault test may kill or freeze the process."""

import os
import signal
from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """Where a shard stands; in the order a commit passes them."""

    CLAIMED = "claimed"  # the shard is ours, its outbox not yet sent again
    APPLIED = "applied"  # a batch is applied in memory
    BEFORE_REJECTS = "before_rejects"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"  # stored, nothing of its outbox produced
    BEFORE_ACKNOWLEDGEMENT = "before_acknowledgement"  # the outbox is handed to the producer
    AFTER_ACKNOWLEDGEMENT = "after_acknowledgement"  # the outbox is in Kafka, the group's offset not yet


Fault = Callable[[str, Point], None]  # (shard, point)


def no_fault(shard: str, point: Point) -> None:
    """What production runs with."""


def self_inflicted(text: str) -> Fault:
    """A fault read from `SIGNAL@POINT[:COUNT[:TOPIC]]`, e.g. `KILL@after_commit:3:judgments`: at the third passage of
    the point by a shard of that topic the process sends itself the signal. For tests only.
    """
    name, _, place = text.partition("@")
    point, _, rest = place.partition(":")
    count, _, topic = rest.partition(":")
    wanted, left = Point(point), int(count or 1)
    number = signal.Signals[f"SIG{name}"]

    def fault(shard: str, passed: Point) -> None:
        nonlocal left
        if passed is not wanted or not shard.startswith(topic):
            return
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)

    return fault
