"""aiokafka's own decision, paced: which partitions are in the request that it builds, and how long that may wait."""

from types import SimpleNamespace

import pytest
from aiokafka.consumer.fetcher import Fetcher
from aiokafka.structs import TopicPartition

from stream.transport.fetch_pace import FetchPace
from stream.transport.paced_fetcher import pace_fetcher

START_MS = 1_790_000_000_000 // 150 * 150
JUDGMENTS, OUTCOMES = TopicPartition("judgments", 0), TopicPartition("outcomes", 0)


class Clock:
    now_ms = float(START_MS)

    def __call__(self) -> float:
        return self.now_ms


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def fetcher(clock):
    """A fetcher that was never started: all that its decision looks at."""
    made = object.__new__(Fetcher)
    made._records, made._in_flight = {}, set()
    made._max_partition_fetch_bytes, made._fetch_max_bytes, made._fetcher_timeout = 100, 1_000, 0.2
    made._fetch_max_wait_ms, made._fetch_min_bytes, made._isolation_level, made._client_rack = 500, 1, 1, None
    made._select_read_replica = lambda _: 7
    pace_fetcher(made, FetchPace(("judgments",), beat_ms=150, settle_ms=30, enough_bytes=1_000), clock)
    return made


def an_assignment(**ends: int):
    """Both partitions stand at offset 10; `ends` are the last stable offsets that the last answers told."""

    def state(tp):
        return SimpleNamespace(has_valid_position=True, position=10, lso=ends.get(tp.topic, 10), paused=False)

    return SimpleNamespace(tps={JUDGMENTS, OUTCOMES}, state_value=state)


def asked(fetcher, assignment):
    requests, _, timeout_s, *_ = fetcher._get_actions_per_node(assignment)
    [(node, request)] = requests
    assert node == 7
    return {topic for topic, _ in request.topics}, request._min_bytes, request._max_wait_ms, round(timeout_s, 3)


def test_judgments_are_in_one_request_a_beat_and_outcomes_in_all(fetcher, clock):
    both = {"judgments", "outcomes"}
    assert asked(fetcher, an_assignment()) == (both, 1, 150, 0.15)
    clock.now_ms += 10
    assert asked(fetcher, an_assignment()) == ({"outcomes"}, 1_000, 20, 0.14)
    clock.now_ms += 30
    assert asked(fetcher, an_assignment()) == ({"outcomes"}, 1, 110, 0.11)
    clock.now_ms += 110
    assert asked(fetcher, an_assignment()) == (both, 1, 150, 0.15)


def test_a_partition_that_is_behind_is_in_every_request(fetcher, clock):
    asked(fetcher, an_assignment(judgments=500))
    clock.now_ms += 10
    assert asked(fetcher, an_assignment(judgments=500))[0] == {"judgments", "outcomes"}


def test_records_that_nobody_took_yet_hold_up_the_next_request_as_ever(fetcher, clock):
    asked(fetcher, an_assignment())
    clock.now_ms += 10
    fetcher._records = {JUDGMENTS: SimpleNamespace(calculate_backoff=lambda: 0.05)}
    requests, _, timeout_s, *_ = fetcher._get_actions_per_node(an_assignment())
    assert (requests, timeout_s) == ([], 0.05)


def test_with_nothing_to_ask_for_it_decides_again_at_the_next_beat(fetcher, clock):
    judgments = an_assignment()
    judgments.tps = {JUDGMENTS}
    asked(fetcher, judgments)
    clock.now_ms += 130
    requests, _, timeout_s, *_ = fetcher._get_actions_per_node(judgments)
    assert (requests, round(timeout_s, 3)) == ([], 0.02)
