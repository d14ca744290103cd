"""All that `raterwatch rater` tells, as one value. A person's exposure is left out: it is the wellness role's alone."""

from typing import Any

import msgspec

from stream.commands.judging import (
    findings_of,
    parts_of_suspicion,
    reasons_of,
    state_of,
    suspicion_of,
    why_unknown,
)
from stream.commands.reading import RaterRow, measures_by_window
from stream.events import Corroboration, Finding
from stream.quality.measures import Measures
from stream.quality.policy import Policy
from stream.stages.corroboration import corroborations
from stream.stages.label_mix import label_mix
from stream.stages.row import Row


class QueueReport(msgspec.Struct, frozen=True, kw_only=True):
    """A rater in one queue."""

    queue: str
    vendor: str
    training: bool
    state: str
    reasons: list[str]
    unknown_why: str | None
    suspicion: float
    suspicion_parts: dict[str, float]
    longest_run: int  # of one and the same answer
    latest_judgment_ms: int
    windows: dict[str, Measures]
    label_mix: dict[str, dict[str, int]]  # by window: answers by label name
    findings: list[Finding]
    corroboration: list[Corroboration]  # what would stand beside a finding, as of now
    currency: str | None


def report_of(row: RaterRow, policy: Policy, now_ms: int) -> QueueReport:
    """What the row says as of a moment."""
    profile, windows = row.table.profiles[row.slot], measures_by_window(row, now_ms)
    return QueueReport(
        queue=profile.queue,
        vendor=profile.vendor,
        training=bool(row.hot["training"]),
        state=state_of(row),
        reasons=reasons_of(row),
        unknown_why=why_unknown(row),
        suspicion=suspicion_of(row),
        suspicion_parts=parts_of_suspicion(row),
        longest_run=int(row.hot["longest_run"]),
        latest_judgment_ms=int(row.hot["latest_ms"]),
        windows=windows,
        label_mix={name: label_mix(row.queue, measures.label_mix) for name, measures in windows.items()},
        findings=findings_of(row),
        corroboration=[] if row.hot["training"] else corroborations(Row(row.table, row.slot, row.queue, policy)),
        currency=profile.currency,
    )


def as_builtins(report: QueueReport) -> dict[str, Any]:
    """For JSON."""
    whole: dict[str, Any] = msgspec.to_builtins(report)
    mixes = whole.pop("label_mix")
    whole["windows"] = {name: window_builtins(measures, mixes[name]) for name, measures in report.windows.items()}
    return whole


def window_builtins(measures: Measures, mix: dict[str, int]) -> dict[str, Any]:
    """A window for JSON: labels by name, and nothing on exposure."""
    found: dict[str, Any] = msgspec.to_builtins(measures)
    del found["exposure_seconds"]
    return found | {"label_mix": mix}
