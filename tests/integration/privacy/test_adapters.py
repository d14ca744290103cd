"""What pages read of real servers: a rater's own numbers in Redis, vendors' counts in a Prometheus that scraped."""

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.escalation.numbers.port import OwnPage
from alerts.escalation.scorecards.period import Period
from alerts.escalation.scorecards.prometheus_counts import PrometheusCounts
from stream.commands.own_numbers import SHOWN, StoredNumbers
from stream.commands.rater import rater
from stream.settings import Settings
from tests.integration.privacy.conftest import VENDORS, Scene

pytestmark = pytest.mark.slow
RATER = "person1@example.org"
DAY_MS = 86_400_000


class LastDay(Period):
    """A period that ends at the moment that it is asked for, where a real one ends with a day."""

    @property
    def begin_ms(self) -> int:
        return self.end_ms - DAY_MS

    @property
    def end_ms(self) -> int:
        return time.time_ns() // 1_000_000

    @property
    def days(self) -> int:
        return 1


async def shown(scene: Scene, raw: str) -> dict[str, Any]:
    """What `raterwatch rater` shows of the one queue."""
    result = await scene.run_beside(rater, scene.pseudonym(raw), "--json")
    assert result.exit_code == 0, result.exception or result.output
    [queue] = json.loads(result.stdout)["queues"]
    return queue


async def test_the_raters_page_reads_what_the_command_shows(scene: Scene) -> None:
    numbers, now_ms = StoredNumbers(scene.settings()), time.time_ns() // 1_000_000
    found = await asyncio.to_thread(numbers.of, scene.pseudonym(RATER), "acme", now_ms)
    expected = await shown(scene, RATER)
    assert found is not None
    [own] = found.queues
    assert found.rest is not None
    assert (own.queue, own.latest_ms) == ("toxicity", expected["latest_judgment_ms"])
    assert [window.name for window in own.windows] == list(SHOWN)
    for window in own.windows:
        told = expected["windows"][window.name]
        share = told["agreement"]
        assert window.judgments == told["judgments"] > 0
        assert (window.agreement, window.low, window.high) == (share["value"], share["low"], share["high"])
    elsewhere = await asyncio.to_thread(numbers.of, scene.pseudonym(RATER), "borea", now_ms)
    assert elsewhere == OwnPage([]), "that one's to show"
    assert await asyncio.to_thread(numbers.of, "rkx-000000000000", "acme", now_ms) == OwnPage([])


async def test_a_scorecard_counts_in_prometheus_what_the_command_shows_of_the_vendors_raters(scene: Scene) -> None:
    counts, today = PrometheusCounts(scene.stack.prometheus.url), datetime.now(UTC).date()
    told = [await shown(scene, raw) for raw in VENDORS]
    expected: dict[str, list[int]] = {}
    for queue in told:
        window, sums = queue["windows"]["24h"], expected.setdefault(queue["vendor"], [0, 0, 0])
        known = window["gold_accuracy"]
        for place, more in enumerate((window["judgments"], known["n"], round(known["value"] * known["n"]))):
            sums[place] += more

    def found() -> dict[str, list[int]]:
        lately = counts.of(LastDay("lately", today, today)) or ()
        return {one.vendor: [one.judgments, one.known, one.known_right] for one in lately if one.queue == "toxicity"}

    # A scrape is a second behind.
    await scene.until(lambda: found() == expected)
    assert set(expected) == {"acme", "borea"}
    targets = await asyncio.to_thread(counts.targets, LastDay("lately", today, today))
    assert targets == {("acme", "toxicity"): 0.95}


async def test_nothing_is_known_of_servers_that_do_not_answer(scene: Scene) -> None:
    nobody = Settings.load(scene.environment | {"RATERWATCH_REDIS": "redis://127.0.0.1:1/0"})
    assert await asyncio.to_thread(StoredNumbers(nobody).of, scene.pseudonym(RATER), "acme", 0) is None
    today = datetime.now(UTC).date()
    assert PrometheusCounts("http://127.0.0.1:1").of(LastDay("lately", today, today)) is None
