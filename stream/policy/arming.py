"""Whether a finding leads to a case and messages (armed) or only shows on boards (shadow).

Everything new starts in shadow: the deployment, a queue, a detector. Orders then decide, by rules without surprise:

- a disarm holds until it ends, or until a later arm that names at least as much. A broad arm never lifts a narrow
  disarm: whoever silenced one detector did so for a reason that another person need not know of;
- a broad disarm stops everything under it, also what was armed by name before;
- an arm ends the first days of what was there when it was given, or of what it names, not of what comes later.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from stream.policy.arming_order import ArmingOrder, Mode
from stream.policy.declared import ShadowPolicy


class Subject(NamedTuple):
    """What a finding is of."""

    queue: str
    vendor: str
    detector: str


class FirstSeen(NamedTuple):
    """When each was first there, in milliseconds since the epoch; None: not yet, which counts as new."""

    deployment_ms: int | None
    queue_ms: int | None
    detector_ms: int | None


class Standing(NamedTuple):
    """Armed or in shadow, and why."""

    mode: Mode
    why: Literal["ordered", "new", "settled"]  # settled: neither new nor ordered otherwise
    order: ArmingOrder | None = None  # the one that decides
    look_again_ms: int | None = None  # the first moment at which it may differ without a new order


def standing(
    subject: Subject, first_seen: FirstSeen, orders: Sequence[ArmingOrder], shadow: ShadowPolicy, now_ms: int
) -> Standing:
    """How the subject stands at `now_ms`; the order of `orders` does not matter."""
    ours = [order for order in orders if order.concerns(*subject)]
    current = sorted((order for order in ours if order.in_force(now_ms)), key=_latest_first)
    arms = [order for order in current if order.mode == "armed"]
    stops = [order for order in current if order.mode == "shadow" and not any(lifts(arm, order) for arm in arms)]
    look_again = _look_again(first_seen, ours, shadow, now_ms)
    if stops:
        return Standing("shadow", "ordered", stops[0], look_again)
    if any(_is_new(kind, seen, arms, shadow, now_ms) for kind, seen in zip(_KINDS, first_seen, strict=True)):
        return Standing("shadow", "new", None, look_again)
    if arms:
        return Standing("armed", "ordered", arms[0], look_again)
    return Standing(shadow.afterwards, "settled", None, look_again)


def lifts(arm: ArmingOrder, stop: ArmingOrder) -> bool:
    """Whether an arm takes back a disarm: it came later and names all that the disarm names."""
    return arm.mode == "armed" and stop.mode == "shadow" and arm.at_ms > stop.at_ms and stop.named <= arm.named


_KINDS = ("deployment", "queue", "detector")


def _is_new(kind: str, seen_ms: int | None, arms: Sequence[ArmingOrder], shadow: ShadowPolicy, now_ms: int) -> bool:
    if seen_ms is not None and now_ms >= seen_ms + shadow.length_ms:
        return False
    known = [arm for arm in arms if kind in dict(arm.named) or (seen_ms is not None and arm.at_ms >= seen_ms)]
    return not known


def _look_again(first_seen: FirstSeen, ours: Sequence[ArmingOrder], shadow: ShadowPolicy, now_ms: int) -> int | None:
    moments = [seen + shadow.length_ms for seen in first_seen if seen is not None]
    moments += [order.at_ms for order in ours]
    moments += [order.ends_ms for order in ours if order.ends_ms is not None]
    return min((moment for moment in moments if moment > now_ms), default=None)


def _latest_first(order: ArmingOrder) -> tuple[int, list[tuple[str, str]], str, str, int]:
    """A total order, so that of two orders of one millisecond the same is named everywhere."""
    return -order.at_ms, sorted(order.named), order.by, order.reason, order.ends_ms or 0
