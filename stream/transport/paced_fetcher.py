"""aiokafka's fetcher, made to ask when and for what `fetch_pace.py` says; see faust_consumer.py, whose part it is."""

# ruff: noqa: SLF001 (the fetcher's own decision is private; the hook tests watch it)

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from aiokafka.structs import TopicPartition

from stream.transport.fetch_pace import FetchPace
from stream.transport.port import Partition


class _Due(NamedTuple):
    """What the fetcher looks at of an assignment, with those partitions that it is to see."""

    tps: list[TopicPartition]
    state_value: Callable[[TopicPartition], Any]


def pace_fetcher(fetcher: Any, pace: FetchPace, clock_ms: Callable[[], float] = lambda: time.time() * 1000) -> None:
    """From now on each fetch of this fetcher is as the pace says."""
    decide = fetcher._get_actions_per_node

    def paced(assignment: Any) -> Any:
        now_ms = clock_ms()
        due = [tp for tp in assignment.tps if tp in fetcher._records or _is_due(tp, assignment, pace, now_ms)]
        requests, resets, timeout_s, *rest = decide(_Due(due, assignment.state_value))
        for _, request in requests:
            asked = [Partition(topic, place[0]) for topic, places in request.topics for place in places]
            request._min_bytes, request._max_wait_ms = pace.ask(asked, now_ms)
        return requests, resets, min(timeout_s, pace.until_beat_ms(now_ms) / 1000), *rest

    fetcher._get_actions_per_node = paced


def _is_due(tp: TopicPartition, assignment: Any, pace: FetchPace, now_ms: float) -> bool:
    state = assignment.state_value(tp)
    # One without a position is not fetched at all: the fetcher finds out where it stands.
    behind = not state.has_valid_position or state.lso is None or state.position < state.lso
    return pace.due(Partition(tp.topic, tp.partition), now_ms, behind=behind)
