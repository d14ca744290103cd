"""What is read off the worker at the moment of a scrape: its shards' states, and what their stages hold."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar, runtime_checkable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from stream.errors import ShardHalted
from stream.stages.queue_reading import QueueReading, merged
from stream.telemetry import metrics
from stream.telemetry.metrics import Metric
from stream.telemetry.queue_values import queue_values
from stream.transport.port import Partition

Labels = TypeVar("Labels", bound=tuple[str, ...])


class Runner(Protocol):
    """What telemetry sees of a shard's runner."""

    @property
    def state(self) -> str: ...
    @property
    def halt(self) -> ShardHalted | None: ...


class OwnedShards(Protocol):
    """The shards of this worker, as they are now."""

    @property
    def runners(self) -> Mapping[Partition, Runner]: ...


@runtime_checkable
class CountsItsCache(Protocol):
    """A stage that counts what it finds in memory."""

    hits: int
    misses: int

    @property
    def cached(self) -> int: ...


@runtime_checkable
class ReadsQueues(Protocol):
    """A stage that can tell of queues, by name."""

    def readings(self) -> Mapping[str, QueueReading]: ...


@runtime_checkable
class HasGeneration(Protocol):
    """A stage whose items expire by generations."""

    @property
    def generation(self) -> int: ...


class Live(Collector):
    """Collects on demand; nothing is kept that could go stale but the counts of stages that were replaced."""

    def __init__(self, shards: OwnedShards | None = None) -> None:
        self.shards = shards
        self._stages: dict[str, object] = {}
        self._before: Counter[tuple[str, str]] = Counter()  # lookups of former stages by (topic, result)

    def enter(self, shard: str, stage: object) -> None:
        """A new stage takes its shard's place."""
        self.leave(shard)
        self._stages[shard] = stage

    def leave(self, shard: str) -> None:
        """The shard's stage is thrown away; its counts remain."""
        stage = self._stages.pop(shard, None)
        if isinstance(stage, CountsItsCache):
            self._before += _lookups(shard, stage)

    def collect(self) -> Iterator[Family]:
        runners = self.shards.runners if self.shards else {}
        states = Counter((partition.topic, str(runner.state)) for partition, runner in runners.items())
        yield _gauge(metrics.SHARDS, states)
        halted = {(p.topic, str(p.number)): float(runner.halt is not None) for p, runner in runners.items()}
        yield _gauge(metrics.HALTED, halted)
        yield _gauge(metrics.GENERATION, self._generations())
        yield _gauge(metrics.CACHED_ROWS, self._cached())
        for metric, values in queue_values(self._readings()).items():
            yield _gauge(metric, values)
        lookups = CounterMetricFamily(
            metrics.CACHE_LOOKUPS.name, metrics.CACHE_LOOKUPS.help, labels=metrics.CACHE_LOOKUPS.labels
        )
        for labels, times in self._all_lookups().items():
            lookups.add_metric(labels, times)
        yield lookups

    def _readings(self) -> dict[str, QueueReading]:
        stages = [stage.readings() for stage in self._stages.values() if isinstance(stage, ReadsQueues)]
        names = dict.fromkeys(name for readings in stages for name in readings)
        return {name: merged([readings[name] for readings in stages if name in readings]) for name in names}

    def _generations(self) -> dict[tuple[str, ...], float]:
        return {
            tuple(shard.rpartition(":")[::2]): stage.generation
            for shard, stage in self._stages.items()
            if isinstance(stage, HasGeneration)
        }

    def _cached(self) -> Counter[tuple[str, ...]]:
        cached: Counter[tuple[str, ...]] = Counter()
        for shard, stage in self._stages.items():
            if isinstance(stage, CountsItsCache):
                cached[(shard.rpartition(":")[0],)] += stage.cached
        return cached

    def _all_lookups(self) -> Counter[tuple[str, str]]:
        total = self._before.copy()
        for shard, stage in self._stages.items():
            if isinstance(stage, CountsItsCache):
                total += _lookups(shard, stage)
        return total


def _lookups(shard: str, stage: CountsItsCache) -> Counter[tuple[str, str]]:
    topic = shard.rpartition(":")[0]
    return Counter({(topic, "hit"): stage.hits, (topic, "miss"): stage.misses})


def _gauge(metric: Metric, values: Mapping[Labels, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
