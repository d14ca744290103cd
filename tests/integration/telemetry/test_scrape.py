"""A real Prometheus scrapes a worker's telemetry, compressed as it asks for."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from stack.local import LocalStack
from stack.prometheus import Prometheus, Scraping
from stream.telemetry.telemetry import Telemetry
from stream.transport.port import Partition
from tests.unit.telemetry.crowd import Crowd, name
from tests.unit.telemetry.test_health import Runner, Shards
from tests.unit.telemetry.test_telemetry import Settings

SHARD = "outcomes:0"


@pytest.fixture
def crowd() -> Crowd:
    crowd = Crowd()
    crowd.work(wrong=2)
    return crowd


@pytest.fixture
async def telemetry(crowd: Crowd) -> AsyncIterator[Telemetry]:
    telemetry = Telemetry(Settings())
    shards = Shards()
    shards.runners[Partition("outcomes", 0)] = Runner()
    await telemetry.serve(shards)
    telemetry.attach_stage(SHARD, crowd.raters)
    telemetry.observer.claimed(SHARD, 0, 0.1)
    yield telemetry
    await telemetry.stop()


@pytest.fixture
async def prometheus(telemetry: Telemetry) -> AsyncIterator[Prometheus]:
    scraping = Scraping((f"127.0.0.1:{telemetry.port}",), interval_s=1)
    stack = LocalStack(kafka=False, redis=False, prometheus=True, scraping=scraping)
    await asyncio.to_thread(stack.__enter__)
    yield stack.prometheus
    await asyncio.to_thread(stack.__exit__, None, None, None)


async def until(prometheus: Prometheus, query: str, value: str) -> list[dict[str, str]]:
    """Waits until the query's series all have the value; answers their labels."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(60):
        while True:
            async with session.get(f"{prometheus.url}/api/v1/query", params={"query": query}) as response:
                found = (await response.json())["data"]["result"]
            if found and all(series["value"][1] == value for series in found):
                return [series["metric"] for series in found]
            await asyncio.sleep(0.1)


async def test_prometheus_sees_a_finding_open_and_close(
    telemetry: Telemetry, prometheus: Prometheus, crowd: Crowd
) -> None:
    suspect = f'raterwatch_rater_suspect{{rater="{name(2)}"}}'
    series = await until(prometheus, suspect, "1")
    assert {labels["detector"] for labels in series} == {"known_answers", "inverted"}
    await until(prometheus, "up", "1")
    await until(prometheus, 'sum(raterwatch_quality_judgments{window="lifetime"})', "120")
    assert telemetry.board.page.deflated is not None, "Prometheus asks for gzip"
    for n in range(40):
        crowd.gold(f"item-{n}", ("no", "yes")[n % 2], revision=1)
    crowd.apply()
    await until(prometheus, suspect, "0")
