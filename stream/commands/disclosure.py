"""All that is held of one rater, gathered from Redis, from the topics and from the case service."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from stream.commands.held_answers import HeldAnswer, held_answers
from stream.commands.privacy_log import HeldOrders, held_orders
from stream.commands.rater_report import QueueReport, as_builtins, report_of
from stream.commands.reading import RaterRow, ShardReader, rater_rows
from stream.intake.control import ControlKey
from stream.privacy.inventory import INVENTORY
from stream.quality.schema import RING, Flag
from stream.settings import Settings
from stream.stages.findings import label_name
from stream.stages.policies import Policies


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """What there is; times are milliseconds since the epoch."""

    rater: str
    made_at: int
    orders: dict[str, Any]
    queues: list[dict[str, Any]]  # as `raterwatch rater --json`, with exposure and the latest judgments
    answers_on_items: list[HeldAnswer]
    judgments_as_sent: list[Any]
    findings_as_published: list[Any]
    refused_records: list[Any]
    cases: dict[str, Any]
    where: list[dict[str, Any]]  # the inventory: where what is, for whom, how long


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """What the topics hold of the rater, as it lies there."""

    judgments: list[Any]
    findings: list[Any]
    refused: list[Any]


async def disclosure(
    store: ShardReader,
    settings: Settings,
    rater_id: str,
    *,
    key: ControlKey | None,
    policies: Policies,
    records: Records,
    cases: dict[str, Any],
    now_ms: int,
) -> Disclosure:
    """Gathers it. Without a control key it cannot tell whether the rater was forgotten. May raise `Unavailable`."""
    rows = await rater_rows(store, settings, rater_id)
    held = await held_orders(store, settings, key, rater_id) if key is not None else None
    return Disclosure(
        rater=rater_id,
        made_at=now_ms,
        orders=_orders(held),
        queues=[_queue(row, report_of(row, policies.in_queue(row.queue.name), now_ms)) for row in rows],
        answers_on_items=await held_answers(store, settings, rater_id),
        judgments_as_sent=records.judgments,
        findings_as_published=[_own_part(finding) for finding in records.findings],
        refused_records=records.refused,
        cases=cases,
        where=[one._asdict() for one in INVENTORY],
    )


def records_about(rater_id: str, values: Iterable[bytes | None]) -> list[Any]:
    """The records that name the rater: as JSON where they are that, else as text. Values that do not are not read."""
    quoted = rater_id.encode()
    return [_readable(value) for value in values if value and quoted in value]


def _readable(value: bytes) -> Any:
    try:
        return msgspec.json.decode(value)
    except ValueError:
        return value.decode(errors="replace")


def _orders(held: HeldOrders | None) -> dict[str, Any]:
    if held is None:
        return {"unknown": "no control key was named, see --control-key-file"}
    ordered = [at_ms for at_ms in held.forgotten_ms if at_ms is not None]
    standing = held.restriction
    told = {name: getattr(standing, name) for name in ("at_ms", "by", "reason")} if standing is not None else None
    return {"forgotten_at": min(ordered, default=None), "restricted": told}


def _queue(row: RaterRow, report: QueueReport) -> dict[str, Any]:
    shown = as_builtins(report)
    exposure = {name: measures.exposure_seconds for name, measures in report.windows.items()}
    findings = [_own_part(finding) for finding in shown["findings"]]
    return shown | {"findings": findings, "exposure_seconds": exposure, "latest_judgments": _latest(row)}


def _own_part(finding: Any) -> Any:
    """Of another rater it tells nothing: the key of a partner is left out."""
    return (
        {name: value for name, value in finding.items() if name != "partner"} if isinstance(finding, dict) else finding
    )


def _latest(row: RaterRow) -> Sequence[dict[str, Any]]:
    """The latest judgments, the newest last; item ids are kept with them."""
    hot, ring, names = row.hot, row.table.rows.ring[row.slot], row.table.item_ids[row.slot]
    places = [(int(hot["ring_start"]) + place) % RING for place in range(int(hot["ring_length"]))]
    return [_judgment(ring[place], names, row) for place in places]


def _judgment(entry: Any, names: Any, row: RaterRow) -> dict[str, Any]:
    score = entry["score"]
    absent = int(score["flags"]) & (Flag.SKIPPED | Flag.ESCALATED)
    return {
        "item_id": str(names[entry["name"]]),
        "submitted_at": int(entry["submitted_ms"]),
        "label": None if absent else label_name(row.queue, int(score["label"])),
        "duration_ms": int(score["duration_ms"]) if int(score["flags"]) & Flag.TIMED else None,
        "peers": int(score["peers"]),
    }
