"""Appen's full report (once Figure Eight, CrowdFlower): a judgment a row.

After "Guide to: Reports Page and Settings Page" in Appen's Success Center. Start and end are those of the page a
judgment was made on, so the time between them is divided by the judgments on that page.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from stream.intake.readers.page_sizes import PageSizes
from stream.intake.readers.port import Asked, Record, Row

_GOLD = "_gold"
_TRUE = frozenset({"true", "TRUE", "True", "1"})


class Appen:
    """One judgment a row. The channel that a contributor came through is the vendor, the country the site."""

    name: ClassVar[str] = "appen"
    title: ClassVar[str] = "Appen, full report"
    needs: ClassVar[str] = "columns _unit_id, _worker_id and _created_at"
    names: ClassVar[Mapping[str, str]] = {
        "item_id": "_unit_id",
        "judgment_id": "_id",
        "rater_id": "_worker_id",
        "vendor": "_channel",
        "site": "_country",
        "submitted_at": "_created_at",
    }

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._sizes: PageSizes | None = None

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        return {"_unit_id", "_worker_id", "_created_at"} <= fields.keys()

    def rows(self, record: Record) -> Iterable[Row]:
        """The row, unless the question was not answered."""
        row, clock = record.fields, self._asked.clock
        question = self._asked.questions.choose(_questions(row, self._asked.questions.wanted))
        members = _members(row[question]) if question is not None else []
        if not members:
            self._asked.tally.left_out["judgments without an answer to the question"] += 1
            return
        started, created = clock.ms(row.get("_started_at")), clock.ms(row["_created_at"])
        yield {
            "item_id": row["_unit_id"],
            "judgment_id": row.get("_id"),
            "rater_id": row["_worker_id"],
            "label": members,
            "gold": _members(row.get(f"{question}{_GOLD}", "")) or None if row.get("_golden") in _TRUE else None,
            "vendor": row.get("_channel"),
            "site": row.get("_country"),
            "submitted_at": created,
            "duration_ms": None if started is None or created is None else self._duration_ms(row, created - started),
        }

    def _duration_ms(self, row: Mapping[str, str], page_ms: int) -> int | None:
        if self._sizes is None:
            self._sizes = PageSizes(_page(record.fields) for record in self._asked.again())
        return self._asked.clock.duration_ms(page_ms / 1000, self._sizes[_page(row)])


def _page(row: Mapping[str, str]) -> str:
    return f"{row.get('_worker_id')}\0{row.get('_started_at')}\0{row.get('_created_at')}"


def _questions(row: Mapping[str, str], wanted: str | None) -> list[str]:
    """The columns that test questions were made for; without any, every column that is not Appen's own."""
    if wanted in row:
        return [wanted] if wanted is not None else []
    own = [name for name in row if not name.startswith("_") and not name.endswith((_GOLD, "_gold_reason"))]
    return [name for name in own if f"{name}{_GOLD}" in row] or own


def _members(cell: str) -> list[str]:
    """Several values stand under each other in one cell."""
    return [part.strip() for part in cell.splitlines() if part.strip()]
