"""Compiles every kernel before it is needed, so that no partition waits for the compiler at its first judgment."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from stream.intake.directory import Directory
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.quality.groups import GROUP
from stream.quality.policy import DEFAULT_POLICY, Detector
from stream.quality.suspicion import suspicion
from stream.stages.findings import open_finding
from stream.stages.items_stage import ItemStage
from stream.stages.port import Flush, Stage
from stream.stages.raters_stage import RatersStage, row_fields

_NOW_MS = 1_700_000_000_000


class _Record(NamedTuple):
    offset: int
    timestamp: int
    value: bytes | None


def compile_kernels() -> None:
    """Sends a few judgments through both stages, into bytes and back; half a minute when the cache is cold."""
    labels = ("a", "b")
    directory = Directory.of(SettingsPayload(queues=(QueuePayload(name="q", labels=labels),), accept_raw_ids=True))
    outcomes = _run(ItemStage(0, 1, directory), [_judgment(n, labels[n % 2]) for n in range(4)])
    flush = _run(RatersStage(0, 1), [message.value for message in outcomes.messages])
    restored = RatersStage(0, 1)
    restored.restore(flush.head, {name: dict(flush.rows.get(name, ())) for name in restored.whole_keys})
    wanted = row_fields([key for key, _ in flush.rows["raters"]])
    stored = {name: dict(flush.rows[name]) for name in wanted}
    restored.fill({name: [stored[name].get(key) for key in keys] for name, keys in wanted.items()}, wanted)
    for table in restored.tables.values():
        for slot in table.slots():
            suspicion(table.rows, slot)
            if table.rows.hot["kind"][slot] != GROUP:
                for detector in Detector:
                    queue = next(iter(restored.queues.values()))
                    open_finding(table, slot, detector, queue, DEFAULT_POLICY, _NOW_MS, shadow=True)


def _run(stage: Stage, values: list[bytes]) -> Flush:
    work = stage.read([_Record(n, _NOW_MS + n, value) for n, value in enumerate(values)])
    while wanted := stage.missing(work):
        absent: Mapping[str, list[bytes | None]] = {name: [None] * len(keys) for name, keys in wanted.items()}
        stage.fill(absent, wanted)
    stage.apply(work)
    return stage.flush()


def _judgment(n: int, label: str) -> bytes:
    return msgspec.json.encode(
        {
            "judgment_id": str(n),
            "item_id": str(n // 2),
            "rater_id": f"rater{n % 2}",
            "queue": "q",
            "vendor": "v",
            "label": label,
            "gold": "a",
            "duration_ms": 5000,
            "submitted_at": _NOW_MS,
        }
    )
