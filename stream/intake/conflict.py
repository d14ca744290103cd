"""Whether new settings can follow the ones in force: label codes live on in stored state and keep their meaning."""

from collections.abc import Mapping

from stream.intake.payload import QueuePayload, SettingsPayload
from stream.intake.queue_row import MEMBERS_MAX


def conflict_of(settings: SettingsPayload, declared: Mapping[str, QueuePayload]) -> str | None:
    """What is wrong with the settings beside the queues declared before, in words; None when they fit."""
    if len({queue.name for queue in settings.queues}) < len(settings.queues):
        return "a queue is declared twice; remove one of them"
    for queue in settings.queues:
        conflict = _unusable(queue) or _changed(queue, declared.get(queue.name))
        if conflict:
            return f"queue {queue.name!r}: {conflict}"
    return None


def _unusable(queue: QueuePayload) -> str | None:
    if "\0" in queue.name:
        return "a name must not contain a NUL character"
    if len(set(queue.labels)) < len(queue.labels):
        return "a label is declared twice; remove one of them"
    if queue.kind != "nominal" and len(queue.labels) > MEMBERS_MAX:
        return f"at most {MEMBERS_MAX} labels of kind {queue.kind}; split the queue"
    return None


def _changed(queue: QueuePayload, before: QueuePayload | None) -> str | None:
    if before is None:
        return None
    if queue.kind != before.kind:
        return f"its kind is {before.kind} and cannot become {queue.kind}; declare a new queue"
    if queue.labels[: len(before.labels)] != before.labels:
        return "labels may only be appended; declare a new queue to reorder or remove them"
    return None
