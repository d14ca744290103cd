"""Kafka records of `judgments` to the rows that stage 1 works on. Hot path: `columns` is the part that counts.

The result depends on the records before it in the log alone, never on where a batch was cut: a settings record changes
what its successors mean from the very next record on, inside a batch too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import xxhash
from numpy.typing import NDArray

from stream.events import Control, Event, Judgment, Verdict
from stream.intake.columns import judgment_columns
from stream.intake.corrections import Correction, fill_correction
from stream.intake.directory import Directory, Fold
from stream.intake.parse import VALUE_BYTES_MAX, Problem, parse_unusual, read_plain_judgment
from stream.intake.reasons import Reason, reason_of
from stream.quality.profile import Profile
from stream.quality.schema import RECORD, Op
from stream.stages.port import Reject, SourceRecord


@dataclass(frozen=True, slots=True)
class Decoded:
    """A batch: `rows`, `item_keys` and `item_ids` have one entry per record, in log order.

    A refused record has op REJECT, a control record op CONTROL; their references are -1 and nothing else in their rows
    counts. `item` is -1 everywhere: giving items their rows is stage 1's affair.
    """

    rows: NDArray[np.void]  # RECORD
    item_keys: list[bytes]  # xxh3_128 of queue, NUL, item_id; empty where there is none
    item_ids: list[str]  # where column `item_id` points; empty where there is none
    profiles: list[Profile]  # where column `profile` points, which only judgments have
    verdicts: list[tuple[int, Verdict]] = field(default_factory=list)  # (row, event)
    controls: list[tuple[int, Control]] = field(default_factory=list)  # authentic and new; settings are folded in
    rejects: list[Reject] = field(default_factory=list)
    # Times by (what, detail): unknown_fields by event type, stale_control by kind of source, label_other, gold_other
    # and item_kind_other by queue.
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)


def decode(records: Sequence[SourceRecord], directory: Directory, destinations: int) -> Decoded:
    """Decodes records that follow in the log on all that `directory` has seen, and folds their settings into it.

    `destinations` is the number of partitions of `outcomes`. Raises nothing, whatever the records hold.
    """
    directory.profiles.empty_when_large()
    decoded = _blank(records)
    refused = np.zeros(len(records), np.uint8)
    for begin in range(0, len(records), PIECE):
        piece = range(begin, min(begin + PIECE, len(records)))
        events = _read(records, piece, refused, decoded.counts)
        _decide(events, piece, decoded, refused, directory, destinations)
    _strike(records, decoded, refused)
    return decoded


PIECE = 500  # fits the processor's cache: passes over thousands of cold objects cost half as much again


def item_key(queue: str, item_id: str) -> bytes:
    """The 16 bytes that stand for an item everywhere: xxh3_128 of queue, NUL, item_id."""
    return xxhash.xxh3_128_digest(f"{queue}\0{item_id}".encode())


def _blank(records: Sequence[SourceRecord]) -> Decoded:
    rows = np.zeros(len(records), RECORD)
    rows["offset"] = [record.offset for record in records]
    rows["log_ms"] = [record.timestamp for record in records]
    rows["item"] = rows["queue"] = rows["profile"] = rows["item_id"] = -1
    return Decoded(rows, [b""] * len(records), [""] * len(records), [])


def _read(
    records: Sequence[SourceRecord], piece: range, refused: NDArray[np.uint8], counts: Counter[tuple[str, str]]
) -> list[Event | None]:
    """The piece's events; None for bytes that are none."""
    events: list[Event | None] = []
    for at in piece:
        value = records[at].value
        if value and len(value) <= VALUE_BYTES_MAX:
            try:
                events.append(read_plain_judgment(value))
                continue
            except ValueError:
                pass  # the careful way tells why, and whether it is another event
        parsed = parse_unusual(value)
        if isinstance(parsed, Problem):
            refused[at] = parsed.reason.code
            events.append(None)
            continue
        if parsed.has_unknown_fields:
            counts["unknown_fields", str(parsed.event.__struct_config__.tag)] += 1
        events.append(parsed.event)
    return events


def _decide(
    events: Sequence[Event | None],
    piece: range,
    decoded: Decoded,
    refused: NDArray[np.uint8],
    directory: Directory,
    destinations: int,
) -> None:
    """Fills the piece's rows; the judgments before a control record are decided before it is folded in."""
    judged: list[int] = []
    judgments: list[Judgment] = []
    for at, event in zip(piece, events, strict=True):
        if isinstance(event, Judgment):
            judged.append(at)
            judgments.append(event)
        elif isinstance(event, Control):
            _fill_judgments(judged, judgments, decoded, refused, directory, destinations)
            judged, judgments = [], []
            _fold(at, event, decoded, refused, directory)
        elif event is not None:
            _fill_correction(at, event, decoded, refused, directory, destinations)
    _fill_judgments(judged, judgments, decoded, refused, directory, destinations)


def _fill_judgments(
    judged: list[int],
    judgments: list[Judgment],
    decoded: Decoded,
    refused: NDArray[np.uint8],
    directory: Directory,
    destinations: int,
) -> None:
    if not judged:
        return
    before = decoded.rows[judged]
    columns = judgment_columns(judgments, before["log_ms"], directory, destinations, decoded.counts)
    rows = columns.rows
    rows["offset"], rows["log_ms"], rows["item"], rows["item_id"] = before["offset"], before["log_ms"], -1, judged
    rows["profile"] = _number(columns.slots, directory.profiles.profiles, decoded.profiles)
    decoded.rows[judged] = rows
    refused[judged] = columns.refused
    other = directory.is_other(rows["label"], rows["queue"]) & (columns.refused == 0)
    for row in np.flatnonzero(other).tolist():
        decoded.counts["label_other", judgments[row].queue] += 1
    for at, judgment in zip(judged, judgments, strict=True):
        item_id = judgment.item_id
        decoded.item_ids[at] = item_id
        decoded.item_keys[at] = xxhash.xxh3_128_digest(f"{judgment.queue}\0{item_id}".encode())


def _number(slots: list[int], known: Sequence[Profile], profiles: list[Profile]) -> list[int]:
    """The batch's row of each slot's profile; appends them to `profiles` in the order of their appearance."""
    numbers = {slot: number for number, slot in enumerate(dict.fromkeys(slots), len(profiles))}
    profiles.extend([known[slot] for slot in numbers])
    return [numbers[slot] for slot in slots]


def _fill_correction(
    at: int, event: Correction, decoded: Decoded, refused: NDArray[np.uint8], directory: Directory, destinations: int
) -> None:
    reason = fill_correction(decoded.rows[at], event, directory, destinations)
    if reason:
        refused[at] = reason.code
    elif isinstance(event, Verdict):
        decoded.verdicts.append((at, event))
    else:
        decoded.rows["item_id"][at] = at
        decoded.item_ids[at] = event.item_id
        decoded.item_keys[at] = item_key(event.queue, event.item_id)


def _fold(at: int, control: Control, decoded: Decoded, refused: NDArray[np.uint8], directory: Directory) -> None:
    decoded.rows["op"][at] = Op.CONTROL
    outcome = directory.apply(control)
    if outcome is Fold.APPLIED:
        decoded.controls.append((at, control))
    elif outcome is Fold.STALE:
        decoded.counts["stale_control", control.source.partition(":")[0]] += 1
    else:
        refused[at] = outcome.code


def _strike(records: Sequence[SourceRecord], decoded: Decoded, refused: NDArray[np.uint8]) -> None:
    """Turns the rows of refused records into rejects."""
    for at in np.flatnonzero(refused).tolist():
        row = decoded.rows[at]
        row["op"] = Op.REJECT
        row["queue"] = row["profile"] = row["item_id"] = -1
        decoded.item_ids[at], decoded.item_keys[at] = "", b""
        record = records[at]
        reason = reason_of(int(refused[at]))
        # What was sent about a forgotten person is not to be found in the rejects either.
        decoded.rejects.append(Reject(record.offset, reason, None if reason is Reason.FORGOTTEN else record.value))
