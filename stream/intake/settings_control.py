"""Queue settings on their way into the log, from where alone a shard learns of them."""

from stream.intake.control import ControlKey, sign
from stream.intake.payload import DAY_MS, SETTINGS_SOURCE, QueuePayload, SettingsPayload
from stream.intake.queues import QueueSettings, Settings


def settings_control(settings: Settings, version: int, at: int, key: ControlKey) -> bytes:
    """The control record to write into every `judgments` partition.

    `version` must be above every earlier one (milliseconds since the epoch serve well); `at` is in milliseconds.
    """
    return sign(key, source=SETTINGS_SOURCE, version=version, at=at, payload=payload_of(settings))


def payload_of(settings: Settings) -> SettingsPayload:
    """What a shard needs of the settings."""
    return SettingsPayload(
        queues=tuple(_queue(name, queue) for name, queue in settings.queues.items()),
        vendors=tuple(settings.vendors),
        accept_raw_ids=settings.accept_raw_ids,
    )


def _queue(name: str, queue: QueueSettings) -> QueuePayload:
    return QueuePayload(
        name=name,
        kind=queue.kind,
        labels=queue.labels,
        redundancy=queue.redundancy,
        item_kinds=queue.item_kinds,
        sensitivity=queue.sensitivity,
        horizon_ms=max(1, round(queue.horizon_days * DAY_MS)),
        vendors=queue.vendors,
    )
