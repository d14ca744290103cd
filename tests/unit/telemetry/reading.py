"""Reads what was exported, the way Prometheus does."""

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from stream.telemetry.board import Board

Key = tuple[str, frozenset[tuple[str, str]]]


def samples(text: str | bytes) -> dict[Key, float]:
    """Value by (name, labels); a sample that occurs twice is an error."""
    text = text.decode() if isinstance(text, bytes) else text
    found: dict[Key, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = sample.name, frozenset(sample.labels.items())
            assert key not in found, f"{key} is exported twice"
            found[key] = sample.value
    return found


class Exported:
    """The samples of a page."""

    def __init__(self, text: str | bytes) -> None:
        self.all = samples(text)

    @classmethod
    def of(cls, board: Board) -> "Exported":
        return cls(b"".join(board.page.blocks))

    def get(self, name: str, **labels: str) -> Any:
        """The value, None when it is absent."""
        return self.all.get((f"raterwatch_{name}", frozenset(labels.items())))

    def named(self, name: str) -> list[dict[str, str]]:
        return [dict(labels) for found, labels in self.all if found == f"raterwatch_{name}"]
