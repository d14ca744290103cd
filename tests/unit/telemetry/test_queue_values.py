from prometheus_client import CollectorRegistry, generate_latest

from stream.quality.queue_shift import Shift
from stream.stages.queue_reading import QueueReading
from stream.telemetry.live import Live
from tests.unit.telemetry.reading import Exported
from tests.unit.telemetry.test_live import Caching

SHIFT = Shift(-1, 9.0, 20_000.0, 490_000, 12.0, 700.0, 0.8, 0.65, -0.2, -0.1)


class Reading:
    """A stage that tells of queues."""

    def __init__(self, **queues: QueueReading) -> None:
        self._queues = queues

    def readings(self) -> dict[str, QueueReading]:
        return self._queues


def page(*stages: object) -> Exported:
    live, registry = Live(), CollectorRegistry()
    for number, stage in enumerate(stages):
        live.enter(f"judgments:{number}", stage)
    registry.register(live)
    return Exported(generate_latest(registry))


def test_known_items_add_up_over_shards() -> None:
    told = page(Reading(q=QueueReading(40, 2, [], None)), Reading(q=QueueReading(30, 1, [], None)), Caching(1, 1))
    assert told.get("known_items", queue="q") == 70
    assert told.get("suspect_known_items", queue="q") == 3
    assert told.named("queue_level_ratio") == []


def test_a_shift_is_told_once_with_the_time_when_it_began() -> None:
    told = page(Reading(q=QueueReading(0, 0, [], None)), Reading(q=QueueReading(0, 0, [], SHIFT)))
    assert told.get("queue_level_ratio", queue="q") == 0.8
    assert abs(told.get("queue_shift_ratio", queue="q") + 0.15) < 1e-9
    assert told.get("queue_shift_rarity_hours", queue="q") == 20_000
    assert told.get("queue_shift_since_timestamp_seconds", queue="q") == 490_000 * 3600
    assert told.named("known_items") == [], "unknown is absent"


def test_a_queue_that_stands_still_has_a_level_and_no_time() -> None:
    still = SHIFT._replace(direction=0, after=0.8, usual_every_hours=0.0)
    told = page(Reading(q=QueueReading(1, 0, [], still)))
    assert told.get("queue_shift_ratio", queue="q") == 0
    assert told.get("suspect_known_items", queue="q") == 0
    assert told.named("queue_shift_since_timestamp_seconds") == []
