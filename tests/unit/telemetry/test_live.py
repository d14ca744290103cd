from prometheus_client import CollectorRegistry, generate_latest

from stream.errors import ShardHalted
from stream.telemetry.live import Live
from stream.transport.port import Partition
from tests.unit.telemetry.reading import Exported
from tests.unit.telemetry.test_health import Runner, Shards


class Caching:
    """A stage that counts its cache."""

    def __init__(self, hits: int, misses: int) -> None:
        self.hits, self.misses, self.cached, self.generation = hits, misses, 7, 3


def page(live: Live) -> Exported:
    registry = CollectorRegistry()
    registry.register(live)
    return Exported(generate_latest(registry))


def test_shards_are_counted_by_state_and_halted_ones_named() -> None:
    shards = Shards()
    shards.runners = {
        Partition("judgments", 0): Runner("running"),
        Partition("judgments", 1): Runner("running"),
        Partition("judgments", 2): Runner("halted", ShardHalted("judgments:2", "a", "b")),
    }
    told = page(Live(shards))
    assert told.get("shards", topic="judgments", state="running") == 2
    assert told.get("shards", topic="judgments", state="halted") == 1
    assert [told.get("shard_halted", topic="judgments", partition=str(n)) for n in range(3)] == [0, 0, 1]


def test_cache_counts_never_fall_when_a_stage_is_replaced() -> None:
    live = Live()
    live.enter("judgments:0", Caching(10, 4))
    live.enter("judgments:1", Caching(5, 1))
    live.enter("judgments:0", Caching(2, 2))
    live.leave("judgments:1")
    told = page(live)
    assert told.get("cache_lookups_total", topic="judgments", result="hit") == 17
    assert told.get("cache_lookups_total", topic="judgments", result="miss") == 7
    assert told.get("cached_rows", topic="judgments") == 7
    assert told.named("generation") == [{"topic": "judgments", "partition": "0"}]


def test_a_stage_that_counts_nothing_is_left_out() -> None:
    live = Live()
    live.enter("outcomes:0", object())
    assert page(live).named("cached_rows") == []
