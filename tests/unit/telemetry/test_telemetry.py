import asyncio
import gzip
import inspect
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from stream.errors import SettingsError
from stream.stages.port import Stage
from stream.telemetry.lines import CONTENT_TYPE
from stream.telemetry.metrics import METRICS
from stream.telemetry.observer import MetricsObserver
from stream.telemetry.options import RaterSeries
from stream.telemetry.telemetry import Telemetry
from stream.transport.observer import RunnerObserver
from stream.transport.port import Partition
from tests.unit.telemetry.crowd import Crowd, name
from tests.unit.telemetry.reading import Exported
from tests.unit.telemetry.test_health import Runner, Shards

SHARD = "outcomes:0"


@dataclass(frozen=True)
class Settings:
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    rater_series: RaterSeries = "all"
    rater_series_cap: int = 100


class Worker:
    """A worker's telemetry, asked over HTTP."""

    def __init__(self) -> None:
        self.telemetry = Telemetry(Settings())
        self.shards = Shards()

    async def claim(self, stage: Stage, shard: str = SHARD) -> None:
        topic, _, number = shard.rpartition(":")
        self.shards.runners[Partition(topic, int(number))] = Runner()
        self.telemetry.attach_stage(shard, stage)
        self.telemetry.observer.claimed(shard, 0, 0.1)

    async def get(self, path: str, encoding: str = "identity") -> tuple[int, str, bytes]:
        """Status, content type and the body as it came."""
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            url = f"http://127.0.0.1:{self.telemetry.port}{path}"
            async with session.get(url, headers={"Accept-Encoding": encoding}) as response:
                assert response.headers.get("Content-Encoding", "identity") in encoding
                assert ("Content-Encoding" in response.headers) == ((await response.read())[:2] == b"\x1f\x8b")
                return response.status, response.headers["Content-Type"], await response.read()

    async def page(self) -> Exported:
        return Exported((await self.get("/metrics"))[2])

    async def until(self, path: str, status: int) -> bytes:
        async with asyncio.timeout(30):
            while True:
                answered, _, body = await self.get(path)
                if answered == status:
                    return body
                await asyncio.sleep(0.01)


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker()
    await worker.telemetry.serve(worker.shards)
    yield worker
    await worker.telemetry.stop()


async def test_a_worker_becomes_ready_when_its_findings_can_be_scraped(worker: Worker, crowd: Crowd) -> None:
    status, content_type, body = await worker.get("/readyz")
    assert (status, content_type) == (503, "application/json; charset=utf-8")
    assert b"no partitions are assigned" in body
    await worker.claim(crowd.raters)
    await worker.until("/readyz", 200)
    suspects = (await worker.page()).named("rater_suspect")
    assert {labels["rater"] for labels in suspects} == {name(2)}


async def test_a_stage_is_shown_only_once_its_claim_succeeded(worker: Worker, crowd: Crowd) -> None:
    worker.telemetry.attach_stage(SHARD, crowd.raters)
    await worker.telemetry.board.refresh()
    assert (await worker.page()).named("rater_state") == []
    worker.telemetry.observer.claimed(SHARD, 0, 0.1)
    await worker.telemetry.board.refresh()
    assert len((await worker.page()).named("rater_state")) == 3


async def test_numbers_stay_while_a_shard_is_claimed_again(worker: Worker, crowd: Crowd) -> None:
    await worker.claim(crowd.raters)
    await worker.until("/readyz", 200)
    worker.telemetry.attach_stage(SHARD, Crowd().raters)
    await worker.telemetry.board.refresh()
    assert len((await worker.page()).named("rater_state")) == 3


async def test_a_released_shard_leaves_the_page(worker: Worker, crowd: Crowd) -> None:
    await worker.claim(crowd.raters)
    await worker.until("/readyz", 200)
    worker.telemetry.observer.released(SHARD)
    await worker.telemetry.board.refresh()
    assert (await worker.page()).named("rater_state") == []


async def test_the_compressed_page_says_the_same(worker: Worker, crowd: Crowd) -> None:
    await worker.claim(crowd.raters)
    await worker.until("/readyz", 200)
    for _ in range(2):  # compressed on demand first, beforehand from then on
        status, content_type, body = await worker.get("/metrics", "deflate, gzip;q=0.9")
        assert (status, content_type) == (200, CONTENT_TYPE)
        assert Exported(gzip.decompress(body)).all.keys() >= Exported.of(worker.telemetry.board).all.keys()
        await worker.telemetry.board.refresh()
    assert worker.telemetry.board.page.deflated is not None


async def test_the_plain_page_has_the_right_type_and_only_declared_metrics(worker: Worker, crowd: Crowd) -> None:
    await worker.claim(crowd.raters)
    await worker.until("/readyz", 200)
    status, content_type, body = await worker.get("/metrics")
    assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    named = {line.split()[2] for line in body.decode().splitlines() if line.startswith("# TYPE")}
    ours = {found for found in named if not found.startswith(("process_", "python_"))}
    assert ours <= METRICS.keys()
    assert {"process_cpu_seconds_total", "raterwatch_build_info", "raterwatch_loop_delay_seconds"} <= named


async def test_a_board_that_ends_is_not_alive(worker: Worker, crowd: Crowd, caplog: pytest.LogCaptureFixture) -> None:
    assert (await worker.get("/healthz"))[0] == 200
    [table] = crowd.raters.tables.values()
    table.slot_of[b"?" * 16] = 10**6  # a bug nobody foresaw
    await worker.claim(crowd.raters)
    assert b"telemetry board ended" in await worker.until("/healthz", 503)
    assert "numbers would grow stale" in caplog.text


async def test_an_address_that_is_taken_says_what_to_change(worker: Worker) -> None:
    second = Telemetry(Settings(metrics_port=worker.telemetry.port))
    with pytest.raises(SettingsError, match="RATERWATCH_METRICS_PORT"):
        await second.serve(Shards())
    await second.stop()


@pytest.mark.parametrize("told", [told for told in vars(RunnerObserver) if not told.startswith("_")])
def test_the_observer_fits_the_transports_port(told: str) -> None:
    ours, port = (inspect.signature(getattr(kind, told)) for kind in (MetricsObserver, RunnerObserver))
    assert list(ours.parameters) == list(port.parameters)


async def test_stopping_what_never_served_is_no_error() -> None:
    await Telemetry(Settings()).stop()
