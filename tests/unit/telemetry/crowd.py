"""A small crowd whose judgments run through both stages in memory."""

from typing import NamedTuple

import msgspec

from stream.intake.directory import Directory
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.stages.items_stage import ItemStage
from stream.stages.port import Effects
from stream.stages.raters_stage import RatersStage

NOW_MS = 1_750_000_000_000
RAW = "jane.doe@example.org"


class _Record(NamedTuple):
    offset: int
    timestamp: int
    value: bytes


def name(number: int) -> str:
    """A pseudonym."""
    letters = "23456789bcdfghjkmnpqrstvwxyz"
    return "rkx-" + "".join(letters[(number // 28**place) % 28] for place in range(12))


class Crowd:
    """One shard of each topic. `judge` collects judgments, `apply` runs them through."""

    def __init__(self, *queues: str) -> None:
        payloads = tuple(QueuePayload(name=queue, labels=("yes", "no")) for queue in queues or ("toxicity",))
        self.items = ItemStage(0, 1, Directory.of(SettingsPayload(queues=payloads)), stored=False)
        self.raters = RatersStage(0, 1, stored=False)
        self._events: list[dict[str, object]] = []
        self._offsets = [0, 0]
        self._ids = 0

    def judge(self, rater: int | str, item: str, label: str | None, *, ago_ms: int = 60_000, **more: object) -> None:
        self._ids += 1
        event: dict[str, object] = {
            "judgment_id": f"j{self._ids}",
            "item_id": item,
            "rater_id": rater if isinstance(rater, str) else name(rater),
            "queue": "toxicity",
            "vendor": "acme",
            "label": label,
            "submitted_at": NOW_MS - ago_ms,
            "duration_ms": 4_000,
        }
        self._events.append(event | more)

    def gold(self, item: str, label: str | None, revision: int) -> None:
        event: dict[str, object] = {
            "type": "gold",
            "queue": "toxicity",
            "item_id": item,
            "label": label,
            "revision": revision,
        }
        self._events.append(event | {"at": NOW_MS})

    def apply(self) -> list[Effects]:
        """Answers the effects of both stages."""
        records = [
            _Record(self._offsets[0] + at, NOW_MS, msgspec.json.encode(event)) for at, event in enumerate(self._events)
        ]
        self._offsets[0] += len(records)
        self._events = []
        effects = [self.items.apply(self.items.read(records))]
        for message in self.items.flush().messages:
            work = self.raters.read([_Record(self._offsets[1], NOW_MS, message.value)])
            self._offsets[1] += 1
            effects.append(self.raters.apply(work))
        self.raters.flush()
        return effects

    def work(self, judgments: int = 40, raters: int = 3, *, wrong: int | None = None, known: bool = True) -> None:
        """So many items, each judged by all raters alike; the rater `wrong` always misses the known answer."""
        for n in range(judgments):
            truth = ("yes", "no")[n % 2]
            for rater in range(raters):
                label = truth if rater != wrong else ("no", "yes")[n % 2]
                self.judge(rater, f"item-{n}", label, gold=truth if known else None, ago_ms=60_000 - n)
        self.apply()
