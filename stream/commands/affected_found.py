"""`affected` on a deployment: whose rows and findings, from which moment on, and which items are forgotten by now."""

import time
from typing import NamedTuple

from stream.commands.item_naming import named
from stream.commands.judging import findings_of
from stream.commands.options import opened_store
from stream.commands.rater_search import Searched, search
from stream.commands.reading import RaterRow, rater_rows
from stream.errors import InputError
from stream.events import DAY_MS, Finding
from stream.quality.columns import JUDGMENTS
from stream.report.affected import Affected, AffectedItem, Gone, affected_items, summed_up
from stream.report.since import CHANGED, FIRST, NO_CHANGE, Since, since_of_finding
from stream.settings import Settings


class Wanted(NamedTuple):
    """Whose items, and since when: a time in ms, "change" or "first", or what a finding says."""

    rater_id: str
    queue: str | None
    since: int | str
    finding: Finding | None = None


Found = list[tuple[Affected, list[AffectedItem]]]  # by queue


async def find_affected(settings: Settings, wanted: Wanted, *, with_names: bool) -> Found:
    """By queue in which the rater works. Raises InputError where nothing is known."""
    async with opened_store(settings) as store:
        rows = _wanted(await rater_rows(store, settings, wanted.rater_id), wanted)
        searched = await search(store, settings, wanted.rater_id, [row.queue.name for row in rows])
    if with_names:
        searched = searched._replace(answers=named(settings, searched, rows))
    return [_affected(row, searched, wanted, settings) for row in rows]


def _wanted(rows: list[RaterRow], wanted: Wanted) -> list[RaterRow]:
    known = [row for row in rows if not row.hot["training"] and wanted.queue in (None, row.queue.name)]
    if not known:
        where = f" in queue {wanted.queue!r}" if wanted.queue else ""
        raise InputError(f"nothing is known of this rater's work{where}: `raterwatch rater ID` shows what is")
    if wanted.finding or wanted.since != "change":
        return known
    changed = [row for row in known if _change(row)]
    if not changed:
        raise InputError(NO_CHANGE)
    return changed


def _affected(
    row: RaterRow, searched: Searched, wanted: Wanted, settings: Settings
) -> tuple[Affected, list[AffectedItem]]:
    key = wanted.rater_id, row.queue.name
    since = _since(row, searched, wanted)
    items = affected_items(searched.answers, key, since.at_ms, searched.roster.accuracy, searched.usual)
    gone = _gone(row, searched, since, settings)
    return summed_up(key, items, since, searched.prices.of(row.queue.name), gone), items


def _since(row: RaterRow, searched: Searched, wanted: Wanted) -> Since:
    if isinstance(wanted.since, int):
        return Since(wanted.since, "as asked for")
    finding = wanted.finding or (_change(row) if wanted.since == "change" else None)
    if finding is None:
        return FIRST
    return since_of_finding(finding, searched.came_ms.get(row.queue.name, []), int(row.hot["seen"]))


def _change(row: RaterRow) -> Finding | None:
    return next((finding for finding in findings_of(row) if finding.detector == CHANGED), None)


def _gone(row: RaterRow, searched: Searched, since: Since, settings: Settings) -> Gone:
    """How many of the answers since then lie on items that are forgotten, as far as that can be told."""
    queue = row.queue.name
    gone = max(0, int(row.table.rows.life[row.slot, JUDGMENTS]) - searched.answered[queue])
    if since.number is not None:
        later = int(row.hot["seen"]) - since.number + 1
        return Gone(min(gone, max(0, later - len(searched.came_ms.get(queue, [])))))
    surely_held_ms = time.time_ns() // 1_000_000 - settings.horizon_days * DAY_MS
    if not gone or (since.at_ms is not None and since.at_ms >= surely_held_ms):
        return Gone(0)
    if since.at_ms is None:
        return Gone(gone)
    return Gone(None, f"0 to {gone:,}: items are held for {settings.horizon_days} days, and since then it is longer")
