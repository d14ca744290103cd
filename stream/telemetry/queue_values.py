"""The series of whole queues: suspect known answers, and shifts of a queue's level."""

from collections.abc import Mapping

from stream.quality.schema import HOUR_MS
from stream.stages.queue_reading import QueueReading
from stream.telemetry import metrics
from stream.telemetry.metrics import Metric

Values = dict[tuple[str, ...], float]


def queue_values(readings: Mapping[str, QueueReading]) -> dict[Metric, Values]:
    """Values by metric and queue; what is unknown is absent."""
    values: dict[Metric, Values] = {
        metrics.KNOWN_ITEMS: {},
        metrics.SUSPECT_KNOWN_ITEMS: {},
        metrics.QUEUE_LEVEL: {},
        metrics.QUEUE_SHIFT: {},
        metrics.QUEUE_SHIFT_RARITY: {},
        metrics.QUEUE_SHIFT_SINCE: {},
    }
    for queue, reading in readings.items():
        if reading.known_items:
            values[metrics.KNOWN_ITEMS][(queue,)] = reading.known_items
            values[metrics.SUSPECT_KNOWN_ITEMS][(queue,)] = reading.suspect_items
        shift = reading.shift
        if shift is None:
            continue
        values[metrics.QUEUE_LEVEL][(queue,)] = shift.before
        values[metrics.QUEUE_SHIFT][(queue,)] = shift.after - shift.before
        values[metrics.QUEUE_SHIFT_RARITY][(queue,)] = shift.usual_every_hours
        if shift.direction:
            values[metrics.QUEUE_SHIFT_SINCE][(queue,)] = shift.since_hour * HOUR_MS / 1000
    return values
