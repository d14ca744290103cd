"""The queues as their file declares them: which answers there are, so that nobody has to type one, or mistypes it."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from stream.intake.queues_file import load_settings


class DeclaredQueue(NamedTuple):
    """What a queue's answers are: one of the labels, or with `is_set` any number of them."""

    labels: tuple[str, ...]
    is_set: bool


def load_queues(path: Path) -> Mapping[str, DeclaredQueue]:
    """By name, out of the file that the workers read too; raises SettingsError that names file and key."""
    queues = load_settings(path).queues
    return {name: DeclaredQueue(queue.labels, queue.kind == "set") for name, queue in sorted(queues.items())}
