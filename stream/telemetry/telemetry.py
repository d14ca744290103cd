"""Telemetry put together: what the worker's composition root makes once, tells about its shards, and serves."""

import asyncio
import logging
import platform
import time
from collections.abc import Coroutine, Iterable

import stream
from stream.stages.port import Stage
from stream.stages.raters_stage import RatersStage
from stream.telemetry.board import Board
from stream.telemetry.contracts import Terms
from stream.telemetry.detectors import muted_detectors
from stream.telemetry.health import Health
from stream.telemetry.http import MetricsServer
from stream.telemetry.instruments import Instruments
from stream.telemetry.kernels import compile_board
from stream.telemetry.live import Live, OwnedShards
from stream.telemetry.observer import MetricsObserver
from stream.telemetry.options import BoardOptions, TelemetrySettings
from stream.telemetry.render import Scope
from stream.transport.observer import RunnerObserver

_log = logging.getLogger(__name__)
_BEAT_S = 0.1


class Telemetry:
    """Hand `observer` to the runners, every new stage to `attach_stage`, and call `serve` before joining the group."""

    def __init__(self, settings: TelemetrySettings, options: BoardOptions | None = None) -> None:
        self._settings = settings
        self._instruments = Instruments()
        self._instruments.build.labels(stream.__version__, platform.python_version()).set(1)
        scope = Scope(settings.rater_series, settings.rater_series_cap, options or BoardOptions())
        self.board = Board(scope, self._instruments)
        self._live = Live()
        self._instruments.registry.register(self._live)
        self.health = Health(self._live, self.board)
        self._server = MetricsServer(self._instruments.registry, self.board, self.health)
        self._claiming: dict[str, Stage] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.observer: RunnerObserver = MetricsObserver(self._instruments, self._claimed, self.detach)
        self.port = 0

    def attach_stage(self, shard: str, stage: Stage) -> None:
        """A stage was made for a claim; it is shown once the observer hears that the claim succeeded."""
        self._claiming[shard] = stage

    def detach(self, shard: str) -> None:
        """The shard is no longer ours."""
        self._claiming.pop(shard, None)
        self._live.leave(shard)
        self.board.leave(shard)

    def tell_retention(self, topic: str, seconds: float) -> None:
        """How long Kafka keeps a topic's records."""
        self._instruments.retention.labels(topic).set(seconds)

    def tell_memory(self, server: str, used_bytes: int, limit_bytes: int) -> None:
        """What a Redis server uses and may use; 0 is no limit."""
        self._instruments.redis_used.labels(server).set(used_bytes)
        self._instruments.redis_limit.labels(server).set(limit_bytes)

    def tell_policy(self, digest: str) -> None:
        """Which policy decides."""
        self._instruments.policy.labels(digest).set(1)

    def tell_contracts(self, terms: Iterable[Terms]) -> None:
        """What was agreed on with vendors."""
        for term in terms:
            term.show(self._instruments)

    async def serve(self, shards: OwnedShards) -> None:
        """Listens and begins to render; `port` says where. Raises SettingsError when the address cannot be had."""
        self._live.shards = shards
        await asyncio.to_thread(compile_board)
        self.port = await self._server.start(self._settings.metrics_host, self._settings.metrics_port)
        self._tasks = [self._start("board", self.board.run()), self._start("beat", self._beat())]

    async def stop(self) -> None:
        """Stops rendering and listening; may be called without `serve`."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.stop()

    def _claimed(self, shard: str) -> None:
        stage = self._claiming.pop(shard, None)
        if stage is None:
            return
        self._live.enter(shard, stage)
        if isinstance(stage, RatersStage):
            for detector, muted in muted_detectors(stage.policies).items():
                self._instruments.detector_muted.labels(detector).set(muted)
            self.board.enter(shard, stage)

    async def _beat(self) -> None:
        while True:
            due = time.monotonic() + _BEAT_S
            await asyncio.sleep(_BEAT_S)
            self._instruments.loop_delay.observe(max(0.0, time.monotonic() - due))

    def _start(self, name: str, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work, name=f"telemetry {name}")
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()):
            _log.critical("%s ended: numbers would grow stale", task.get_name(), exc_info=error)
            self.health.give_up(f"{task.get_name()} ended: {type(error).__name__}")
