"""Going on where a log has lost what was not followed: which days are then whole, and which are not."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from stream.facts.days import day_of
from stream.facts.standing import Day, Standing, TopicPlace, nothing_applied

Bounds = Mapping[tuple[str, int], tuple[int, int]]  # by (topic, partition): first offset held, end
_AHEAD_MS = 3_600_000  # a judgment's own time may be so much later than the log's
_ZONES = 1  # days that a local day may lie apart from UTC's


class Restart(NamedTuple):
    """The standing to store, and the days to remove: from `first` up to, not including, `until`."""

    standing: Standing
    first: Day
    until: Day
    moved: list[str]  # partitions that go on elsewhere than they stood


def restarted(
    standing: Standing,
    outcomes: str,
    topic_ids: Mapping[str, str],
    bounds: Bounds,
    begin_ms: Mapping[int, int],
    sources: int,
) -> Restart:
    """`begin_ms`: when the first record held of each partition of outcomes came, or now where there is none.

    A day is whole when all its judgments came after that. Days before the gap stay as they stood; late corrections of
    theirs that were lost with the log are missing in them.
    """
    topics: dict[str, TopicPlace] = {}
    moved: list[str] = []
    applied, followed_ms = list(standing.applied), list(standing.followed_ms)
    partitions = sum(1 for topic, _ in bounds if topic == outcomes)
    if len(applied) != partitions:
        applied, followed_ms = nothing_applied(partitions, sources), [0] * partitions
    for topic, topic_id in topic_ids.items():
        offsets = []
        for number in range(sum(1 for name, _ in bounds if name == topic)):
            first, end = bounds[topic, number]
            stood = _stood(standing, topic, topic_id, number)
            stays = stood is not None and first <= stood <= end
            offsets.append(stood if stays and stood is not None else first)
            if not stays:
                moved.append(f"{topic}:{number}")
                if topic == outcomes:
                    applied[number] = nothing_applied(1, sources)[0]
        topics[topic] = TopicPlace(topic_id, offsets)
    gone = [number for number in range(partitions) if f"{outcomes}:{number}" in moved]
    until = max((day_of(begin_ms[number] + _AHEAD_MS) + 1 + _ZONES for number in gone), default=standing.first_day)
    broken = [day_of(followed_ms[number]) - _ZONES for number in gone if followed_ms[number]]
    made = msgspec.structs.replace(
        standing,
        number=standing.number + 1,
        topics=topics,
        applied=applied,
        followed_ms=followed_ms,
        accept_first=True,
        first_day=max(until, standing.first_day),
    )
    return Restart(made, min(broken, default=until), until, moved)


def _stood(standing: Standing, topic: str, topic_id: str, number: int) -> int | None:
    """None where another topic of this name was followed, or none."""
    place = standing.topics.get(topic)
    if place is None or place.topic_id != topic_id or number >= len(place.offsets):
        return None
    return place.offsets[number]
