"""Lists as CSV. No cell can be taken for a formula by the program that opens it."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields

from alerts.escalation.scorecards.card import Card, Share
from alerts.escalation.web.shown import CaseLine, FindingView

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def cases_csv(lines: Sequence[CaseLine]) -> str:
    """A row a case."""
    return _csv([field.name for field in fields(CaseLine)], (asdict(line).values() for line in lines))


def evidence_csv(findings: Sequence[FindingView]) -> str:
    """A row an item; others are counts."""
    rows = ((finding.id, finding.topic, *item) for finding in findings for item in finding.items)
    return _csv(["finding", "topic", "item", "answer", "at_ms", "others", "others_same", "duration_ms"], rows)


def scorecard_csv(card: Card) -> str:
    """A row a queue, a last one for all of them."""
    header = ["vendor", "period", "queue", "judgments", "common", "target"]
    header += [f"{kind}_{part}" for kind in ("audits", "known", "checked") for part in ("n", "share", "low", "high")]
    rows: list[list[object]] = [
        [card.vendor, card.period, line.queue, line.judgments, line.common, line.target]
        + [part for share in (line.audits, line.known, line.checked) for part in _parts(share)]
        for line in card.queues
    ]
    rows.append(
        [card.vendor, card.period, "all", card.judgments, None, card.target, *[None] * 8, *_parts(card.checked)]
    )
    rows.append([card.vendor, card.period, "all, adjusted", None, None, None, *[None] * 8, *_parts(card.adjusted)])
    return _csv(header, rows)


def _parts(share: Share) -> list[object]:
    return [share.n, share.share, share.low, share.high]


def _csv(header: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    if isinstance(value, str) and value.startswith(_FORMULAS):
        return f"'{value}"
    return value
