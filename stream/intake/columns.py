"""A stretch of judgments, decided under one and the same directory, as columns. Hot path: one pass a column, and a
column that nobody filled costs one comparison.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from stream.events import Judgment
from stream.intake.answers import fill_known, fill_labels
from stream.intake.directory import Directory
from stream.intake.moments import to_ms
from stream.intake.money import to_micro
from stream.intake.reasons import Reason
from stream.intake.refusals import Refusals
from stream.quality.schema import RECORD, Flag

CLOCK_AHEAD_MS: Final = 3_600_000

_SENSITIVITY = {None: -1, "none": 0, "sensitive": int(Flag.SENSITIVE), "severe": int(Flag.SEVERE)}


class Columns(NamedTuple):
    """`rows` lacks offset, log time, profile and item; `refused` holds reason codes, 0 for accepted."""

    rows: NDArray[np.void]
    refused: NDArray[np.uint8]
    slots: list[int]  # of the directory's profile table


def judgment_columns(
    judgments: Sequence[Judgment],
    log_ms: NDArray[np.int64],
    directory: Directory,
    destinations: int,
    counts: Counter[tuple[str, str]],
) -> Columns:
    """Everything of RECORD that follows from the judgments and the directory alone."""
    rows = np.zeros(len(judgments), RECORD)
    slots = directory.profiles.slots_of(judgments)
    profile = directory.profiles.slots[slots]
    queue_rows = profile["queue"]
    refusals = Refusals(profile["refused"])

    rows["rater"], rows["queue"] = profile["rater"], queue_rows
    rows["destination"] = profile["partition_hash"] % destinations
    rows["judgment"] = _hashes([judgment.judgment_id for judgment in judgments])
    rows["submitted_ms"] = submitted_ms = _submitted(judgments, refusals)
    refusals.refuse(submitted_ms >= log_ms + CLOCK_AHEAD_MS, Reason.CLOCK_AHEAD)
    refusals.refuse(submitted_ms < log_ms - directory.horizon_ms[queue_rows], Reason.TOO_LATE)
    rows["flags"] = directory.sensitivity[queue_rows]
    _fill_sensitivity(rows, judgments)
    fill_labels(rows, judgments, directory, refusals)
    fill_known(rows, judgments, directory, refusals, counts)
    _fill_durations(rows, judgments)
    _fill_costs(rows, judgments, refusals)
    _fill_guidelines(rows, judgments)
    _fill_item_kinds(rows, judgments, directory, counts)
    if directory.withheld:
        rows["held"] = profile["held"]
    rows["revision"] = [judgment.revision for judgment in judgments]
    stages = [judgment.stage for judgment in judgments]
    if "training" in stages:
        rows["flags"][[stage == "training" for stage in stages]] |= int(Flag.TRAINING)
    return Columns(rows, refusals.codes, slots)


def _hashes(ids: Sequence[str]) -> NDArray[np.uint64]:
    return np.fromiter(map(xxhash.xxh3_64_intdigest, map(str.encode, ids)), np.uint64, len(ids))


def _submitted(judgments: Sequence[Judgment], refusals: Refusals) -> NDArray[np.int64]:
    moments = [judgment.submitted_at for judgment in judgments]
    if set(map(type, moments)) == {int}:
        return np.array(moments, np.int64)
    return np.array([refusals.take(row, to_ms(moment)) for row, moment in enumerate(moments)], np.int64)


def _fill_sensitivity(rows: NDArray[np.void], judgments: Sequence[Judgment]) -> None:
    said = [judgment.sensitivity for judgment in judgments]
    if said.count(None) < len(said):
        bits = np.array([_SENSITIVITY[level] for level in said], np.int32)
        rows["flags"] = np.where(bits < 0, rows["flags"], bits)


def _fill_durations(rows: NDArray[np.void], judgments: Sequence[Judgment]) -> None:
    durations = [judgment.duration_ms for judgment in judgments]
    if durations.count(None) < len(durations):
        rows["duration_ms"] = [duration or 0 for duration in durations]
        _flag_given(rows, durations, Flag.TIMED)


def _fill_costs(rows: NDArray[np.void], judgments: Sequence[Judgment], refusals: Refusals) -> None:
    costs = [judgment.cost for judgment in judgments]
    if costs.count(None) == len(costs):
        return
    read = {cost: 0 if cost is None else to_micro(cost) for cost in set(costs)}
    amounts = [read[cost] for cost in costs]
    if any(isinstance(amount, Reason) for amount in read.values()):
        amounts = [refusals.take(row, amount) for row, amount in enumerate(amounts)]
    rows["cost_micro"] = amounts
    _flag_given(rows, costs, Flag.COSTED)


def _flag_given(rows: NDArray[np.void], values: Sequence[object], flag: Flag) -> None:
    """Sets the flag where there is a value."""
    bit = int(flag)
    rows["flags"] |= np.array([0 if value is None else bit for value in values], np.uint16)


def _fill_guidelines(rows: NDArray[np.void], judgments: Sequence[Judgment]) -> None:
    versions = [judgment.guideline for judgment in judgments]
    if versions.count(None) < len(versions):
        hashed = {version: guideline_hash(version) for version in set(versions)}
        rows["guideline"] = [hashed[version] for version in versions]


def guideline_hash(version: str | None) -> int:
    """xxh32 of a guideline's version, 0 for none."""
    return xxhash.xxh32_intdigest(version.encode()) if version else 0


def _fill_item_kinds(
    rows: NDArray[np.void], judgments: Sequence[Judgment], directory: Directory, counts: Counter[tuple[str, str]]
) -> None:
    kinds = [judgment.item_kind for judgment in judgments]
    if kinds.count(None) == len(kinds):
        return
    for row, (kind, queue_row) in enumerate(zip(kinds, rows["queue"].tolist(), strict=True)):
        if kind and queue_row >= 0:
            queue = directory.queues[queue_row]
            number = queue.item_kinds.get(kind, 0)
            rows["item_kind"][row] = number
            if not number:
                counts["item_kind_other", queue.name] += 1
