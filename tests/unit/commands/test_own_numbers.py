"""A rater's own page: what is usual in the queue, work and breaks, as the stored rows say."""

import asyncio

import numpy as np
import pytest

from alerts.escalation.numbers.port import BAND_RATERS, OwnRest
from stream.commands.options import Servers
from stream.commands.own_numbers import StoredNumbers, own_page
from stream.commands.own_rest import own_rest
from stream.commands.reading import RaterRow, rater_rows
from stream.commands.usual_band import usual_bands
from stream.quality.columns import AGREEMENT, EXPOSURE_NONE_MS, JUDGMENTS, SCORED
from stream.quality.outcome_message import QueueInfo
from stream.quality.rater_table import RaterTable
from stream.quality.schema import FIVE_MINUTES_MS, FIVES, HOUR_MS, HOURS, UNIT, Kind
from stream.settings import Settings
from stream.state.memory_store import MemoryStore

SETTINGS = Settings()
MINUTE_MS = 60_000
NOW_MS = 1_800_000_000_000 // HOUR_MS * HOUR_MS + 42 * MINUTE_MS
QUEUE = QueueInfo(1, "q", int(Kind.ORDINAL), ("a", "b"), 3)


def worked(*answers: tuple[float, float], timed: bool = True) -> RaterRow:
    """A rater with answers of (minutes before now, minutes that it took), put where the stage would put them."""
    row = RaterRow(None, RaterTable(3, 2), 0, QUEUE)
    rows = row.table.rows
    rows.starts[0] = -1
    for minutes_ago, took in answers:
        at = NOW_MS - round(minutes_ago * MINUTE_MS)
        for first, count, size in ((0, FIVES, FIVE_MINUTES_MS), (FIVES, HOURS, HOUR_MS)):
            period = at // size
            if NOW_MS // size - period >= count:
                continue
            bucket = first + period % count
            if rows.starts[0, bucket] != period:
                rows.starts[0, bucket], rows.buckets[0, bucket] = period, 0
            rows.buckets[0, bucket, JUDGMENTS] += 1
            rows.buckets[0, bucket, EXPOSURE_NONE_MS + 1] += round(took * MINUTE_MS) if timed else 0
    return row


def steadily(since: float, until: float) -> list[tuple[float, float]]:
    """An answer a minute, each of a minute, in (minutes before now)."""
    return [(float(at), 1.0) for at in np.arange(until, since, 1.0)]


@pytest.mark.parametrize(
    ("answers", "rest"),
    [
        ([], OwnRest(0, 0, 0)),
        (steadily(20, 0), OwnRest(20, 25, 0)),  # periods of five minutes that are not quite full count whole
        (steadily(20, 12), OwnRest(8, 0, 0)),
        (steadily(200, 0), OwnRest(200, 60, 2)),  # two full hours lie within
        ([*steadily(300, 180), *steadily(60, 0)], OwnRest(180, 60, 1)),
        ([(1.0, 38.0)], OwnRest(38, 40, 0)),  # one long answer was work all along
        ([(90.0, 100.0)], OwnRest(100, 0, 1)),
    ],
)
def test_work_and_breaks(answers: list[tuple[float, float]], rest: OwnRest) -> None:
    assert own_rest([worked(*answers)], NOW_MS) == rest


def test_work_in_two_queues_is_the_work_of_one_person() -> None:
    whole = steadily(200, 0)
    assert own_rest([worked(*whole[::2]), worked(*whole[1::2])], NOW_MS) == own_rest([worked(*whole)], NOW_MS)


def test_answers_without_their_time_leave_it_unknown() -> None:
    untimed = [(at, took) for at, took in steadily(30, 0)]
    assert own_rest([worked(*untimed, timed=False)], NOW_MS) is None


async def test_the_usual_band_holds_the_middle_half_of_the_raters(crowd, store, monkeypatch) -> None:
    least = 4  # the crowd is small
    monkeypatch.setattr("stream.commands.usual_band.BAND_RATERS", least)
    shares: dict[str, list[float]] = {}
    for rater in {truth.rater_id for truth in crowd.truth}:
        for row in await rater_rows(store, SETTINGS, rater):
            life = row.table.rows.life[row.slot]
            if not row.hot["training"] and life[SCORED] >= 50:
                shares.setdefault(row.queue.name, []).append(life[AGREEMENT] / UNIT / life[SCORED])
    bands = await usual_bands(store, SETTINGS, 1, set(shares))
    assert bands.keys() == {queue for queue, known in shares.items() if len(known) >= least}
    assert bands
    for queue, band in bands.items():
        assert tuple(band) == pytest.approx(tuple(np.quantile(shares[queue], (0.25, 0.75))))


async def test_with_few_raters_nothing_is_usual(crowd, store) -> None:
    queues = {row.queue.name for truth in crowd.truth for row in await rater_rows(store, SETTINGS, truth.rater_id)}
    assert len(crowd.truth) / len(queues) < BAND_RATERS
    assert await usual_bands(store, SETTINGS, 0, queues) == {}


def test_the_page_is_read_from_the_store_and_what_is_usual_only_now_and_then(crowd, filled, monkeypatch) -> None:
    truth = max(crowd.truth, key=lambda one: one.judgments)
    opened: list[int] = []

    def numbers(clock) -> StoredNumbers:
        def open_store(access) -> MemoryStore:
            opened.append(1)
            store = MemoryStore()
            store.restore(filled)
            return store

        monkeypatch.setattr("stream.commands.options.servers", lambda: Servers(open_store=open_store))
        return StoredNumbers(SETTINGS, clock)

    now_s = [0.0]
    asked: list[set[str]] = []

    async def counted(store, settings, first, wanted):
        asked.append(wanted)
        return await usual_bands(store, settings, first, wanted)

    monkeypatch.setattr("stream.commands.own_numbers.usual_bands", counted)
    stored = numbers(lambda: now_s[0])
    vendor = next(row.table.profiles[row.slot].vendor for row in asyncio.run(rows_of(filled, truth.rater_id)))
    page = stored.of(truth.rater_id, vendor, NOW_MS)
    assert page is not None
    assert page.queues
    assert stored.of(truth.rater_id, vendor, NOW_MS) == page
    assert len(asked) == 1
    now_s[0] += 601
    stored.of(truth.rater_id, vendor, NOW_MS)
    assert len(asked) == 2
    assert stored.of(truth.rater_id, "another vendor", NOW_MS).queues == []


async def rows_of(filled, rater_id):
    store = MemoryStore()
    store.restore(filled)
    return await rater_rows(store, SETTINGS, rater_id)


async def test_work_for_another_vendor_stands_on_no_page_of_this_one(crowd, store) -> None:
    rows = await rater_rows(store, SETTINGS, crowd.truth[0].rater_id)
    page = own_page(rows, "another vendor", NOW_MS)
    assert (page.queues, page.rest) == ([], None)
