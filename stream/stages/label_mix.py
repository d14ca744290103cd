"""How often each label was given, by its name."""

from collections.abc import Sequence

from stream.quality.outcome_message import QueueInfo
from stream.quality.schema import Kind


def label_mix(queue: QueueInfo, mix: Sequence[int]) -> dict[str, int]:
    """Answers by label name, those that were given; the last cell of a vector without a name of its own is "other"."""
    names = [*queue.labels[: queue.width]] + ["other"] * (queue.width - len(queue.labels))
    if len(queue.labels) >= queue.width and queue.kind == Kind.NOMINAL:
        names[-1] = "other"
    named: dict[str, int] = {}
    for name, count in zip(names, mix, strict=True):
        if count:
            named[name] = named.get(name, 0) + count
    return named
