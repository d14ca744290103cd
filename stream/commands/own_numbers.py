"""A rater's own numbers for the own page: read from the rater's shard when the page is opened."""

import asyncio
from collections.abc import Sequence

from alerts.escalation.numbers.port import OwnNumbers, OwnWindow
from stream.commands.options import opened_store
from stream.commands.reading import RaterRow, measures_by_window, rater_rows
from stream.errors import RaterwatchError
from stream.quality.measures import Measures
from stream.settings import Settings

SHOWN = ("24h", "7d", "lifetime")
_PATIENCE_S = 5.0


class StoredNumbers:
    """The port of the rater's page, on the state that the workers keep."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def of(self, rater_id: str, vendor: str, now_ms: int) -> Sequence[OwnNumbers] | None:
        """By queue, production work only; None when the state cannot be read now."""
        try:
            rows = asyncio.run(asyncio.wait_for(self._rows(rater_id), _PATIENCE_S))
        except (RaterwatchError, TimeoutError):
            return None
        return own_numbers(rows, vendor, now_ms)

    async def _rows(self, rater_id: str) -> list[RaterRow]:
        async with opened_store(self._settings) as store:
            return await rater_rows(store, self._settings, rater_id)


def own_numbers(rows: Sequence[RaterRow], vendor: str, now_ms: int) -> list[OwnNumbers]:
    """What the rows say of the work for this vendor; work for another one is that one's to show."""
    return [
        _numbers(row, measures_by_window(row, now_ms))
        for row in rows
        if row.table.profiles[row.slot].vendor == vendor and not row.hot["training"]
    ]


def _numbers(row: RaterRow, measured: dict[str, Measures]) -> OwnNumbers:
    exposed = measured["24h"].exposure_seconds
    sensitive_s = exposed["sensitive"] + exposed["severe"]
    return OwnNumbers(
        queue=row.table.profiles[row.slot].queue,
        windows=[_window(name, measured[name]) for name in SHOWN],
        minutes_sensitive_24h=round(sensitive_s / 60) if sensitive_s else None,
        latest_ms=int(row.hot["latest_ms"]),
    )


def _window(name: str, measured: Measures) -> OwnWindow:
    found = measured.agreement
    if found is None:
        return OwnWindow(name, measured.judgments, None, None, None)
    return OwnWindow(name, measured.judgments, found.value, found.low, found.high)
