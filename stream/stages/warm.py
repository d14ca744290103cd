"""Compiles every kernel before it is needed, so that no partition waits for the compiler at its first judgment."""

import secrets
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from stream.intake.control import MIN_KEY_BYTES, ControlKey
from stream.intake.directory import Directory
from stream.intake.knowledge import summaries_controls
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.quality.groups import GROUP
from stream.quality.inconsistent import consistency
from stream.quality.known_gap import KnownWork, known_gap
from stream.quality.measures import measure
from stream.quality.metronomic import USUAL_SPREAD, metronomic
from stream.quality.outcome_message import QueueInfo
from stream.quality.policy import DEFAULT_POLICY, Detector
from stream.quality.queue_levels import LEVEL_STATE, reach_hour
from stream.quality.queue_shift import SHIFT_STATE, has_learned, queue_shift
from stream.quality.rank_sums import RANK_SUMS
from stream.quality.rater_table import RaterTable
from stream.quality.schema import COLUMNS, SUMMARY, Kind
from stream.quality.shift_share import shift_share
from stream.quality.speed import PACE_SUMS, speed
from stream.quality.suspicion import PARTS, ranked, suspicion, suspicion_parts
from stream.quality.windows import Window, window_sums
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
    """Sends a few judgments through both stages, into bytes and back; a minute or two when the cache is cold."""
    labels = ("a", "b")
    key = ControlKey(secrets.token_bytes(MIN_KEY_BYTES))
    settings = SettingsPayload(queues=(QueuePayload(name="q", labels=labels),), accept_raw_ids=True)
    directory = Directory.of(settings, key)
    summary = np.zeros(1, SUMMARY)
    summary["queue"] = directory.queues[0].key
    told = summaries_controls(key, 0, 0, _NOW_MS, summary)
    outcomes = _run(ItemStage(0, 1, directory), [*told, *(_judgment(n, labels[n % 2]) for n in range(4))])
    flush = _run(RatersStage(0, 1), [message.value for message in outcomes.messages])
    restored = RatersStage(0, 1)
    restored.restore(flush.head, {name: dict(flush.rows.get(name, ())) for name in restored.whole_keys})
    wanted = row_fields([key for key, _ in flush.rows["raters"]])
    stored = {name: dict(flush.rows[name]) for name in wanted}
    restored.fill({name: [stored[name].get(key) for key in keys] for name, keys in wanted.items()}, wanted)
    _tell_of_queues_and_pace()
    queue = next(iter(restored.queues.values()))
    for table in restored.tables.values():
        for slot in table.slots():
            _read_out(table, slot, queue)


def _read_out(table: RaterTable, slot: int, queue: QueueInfo) -> None:
    """All that boards, reports and findings say of a row."""
    suspicion(table.rows, slot)
    suspicion_parts(table.rows, slot, np.zeros(PARTS))
    ranked(table.rows, slot)
    measure(table.rows.life[slot], table.rows.mix[slot])
    window_sums(table.rows, slot, int(Window.WEEK), _NOW_MS, np.zeros(COLUMNS, "i8"), np.zeros(table.width, "i8"))
    if table.rows.hot["kind"][slot] == GROUP:
        return
    for detector in Detector:
        open_finding(table, slot, detector, queue, DEFAULT_POLICY, _NOW_MS, shadow=True)
    of_sets = msgspec.structs.replace(queue, kind=int(Kind.SET))
    for detector in (Detector.UNRELATED, Detector.CONSTANT):
        open_finding(table, slot, detector, of_sets, DEFAULT_POLICY, _NOW_MS, shadow=True)


def _tell_of_queues_and_pace() -> None:
    """What a few judgments are not enough for: levels of queues, and what stands beside a finding."""
    level = np.zeros(LEVEL_STATE, "i8")
    for hour in (1, 2):
        reach_hour(hour, 0, 0, level)
    has_learned(level[:SHIFT_STATE])
    queue_shift(level[:SHIFT_STATE])
    none, nothing = np.zeros(1, "i8"), np.zeros(1)
    shift_share(none, nothing, none, nothing)
    paces = np.zeros(PACE_SUMS, "i8")
    speed(paces)
    metronomic(paces, np.zeros(USUAL_SPREAD, "i8"))
    consistency(0.0, 0.0, 0.0, 0.0, 0.5)
    counts = np.zeros(4, "i8")
    known_gap(KnownWork(counts[:2], 0.0, 1.0), np.zeros(RANK_SUMS, "i8"), counts[:2], 2)


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
