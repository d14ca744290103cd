"""A rater's own numbers for the own page: read from the rater's shard when the page is opened."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from alerts.escalation.numbers.port import OwnNumbers, OwnPage, OwnWindow
from stream.commands.options import opened_store
from stream.commands.own_rest import own_rest
from stream.commands.reading import RaterRow, measures_by_window, partition_count, rater_rows
from stream.commands.usual_band import Band, usual_bands
from stream.errors import RaterwatchError
from stream.intake.partition import partition_of
from stream.quality.measures import Measures
from stream.settings import Settings

SHOWN = ("24h", "7d", "lifetime")
_PATIENCE_S = 5.0
_BAND_HOLDS_S = 600.0  # what is usual moves slowly, and reading it is the dearest part


class StoredNumbers:
    """The port of the rater's page, on the state that the workers keep."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._bands: dict[str, tuple[float, Band | None]] = {}

    def of(self, rater_id: str, vendor: str, now_ms: int) -> OwnPage | None:
        """Production work only, and all work for breaks; None when the state cannot be read now."""
        try:
            return asyncio.run(asyncio.wait_for(self._page(rater_id, vendor, now_ms), _PATIENCE_S))
        except (RaterwatchError, TimeoutError):
            return None

    async def _page(self, rater_id: str, vendor: str, now_ms: int) -> OwnPage:
        async with opened_store(self._settings) as store:
            rows = await rater_rows(store, self._settings, rater_id)
            queues = {row.queue.name for row in rows}
            now_s = self._clock()
            if old := {
                queue for queue in queues if now_s - self._bands.get(queue, (-_BAND_HOLDS_S,))[0] >= _BAND_HOLDS_S
            }:
                own = partition_of(rater_id, await partition_count(store, self._settings))
                found = await usual_bands(store, self._settings, own, old)
                self._bands |= {queue: (now_s, found.get(queue)) for queue in old}
        return own_page(rows, vendor, now_ms, {queue: self._bands[queue][1] for queue in queues})


def own_page(
    rows: Sequence[RaterRow], vendor: str, now_ms: int, bands: Mapping[str, Band | None] | None = None
) -> OwnPage:
    """What the rows say of the work for this vendor; work for another one is that one's to show."""
    own = [row for row in rows if row.table.profiles[row.slot].vendor == vendor]
    queues = [
        _numbers(row, measures_by_window(row, now_ms), (bands or {}).get(row.queue.name))
        for row in own
        if not row.hot["training"]
    ]
    return OwnPage(queues, own_rest(own, now_ms) if own else None)


def _numbers(row: RaterRow, measured: dict[str, Measures], band: Band | None) -> OwnNumbers:
    exposed = measured["24h"].exposure_seconds
    sensitive_s = exposed["sensitive"] + exposed["severe"]
    return OwnNumbers(
        queue=row.queue.name,
        windows=[_window(name, measured[name]) for name in SHOWN],
        usual_low=band.low if band else None,
        usual_high=band.high if band else None,
        minutes_sensitive_24h=round(sensitive_s / 60) if sensitive_s else None,
        latest_ms=int(row.hot["latest_ms"]),
    )


def _window(name: str, measured: Measures) -> OwnWindow:
    found = measured.agreement
    if found is None:
        return OwnWindow(name, measured.judgments, None, None, None)
    return OwnWindow(name, measured.judgments, found.value, found.low, found.high)
