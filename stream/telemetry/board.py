"""The board: the quality series of the shards this worker owns, rendered again and again while the stream goes on."""

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

from stream.stages.raters_stage import RatersStage
from stream.telemetry.instruments import Instruments
from stream.telemetry.page import Deflated, deflate
from stream.telemetry.render import Rendering, Scope, render
from stream.telemetry.told import Told


class Page(NamedTuple):
    """The board as it was last rendered; compressed too, once somebody has asked for that."""

    blocks: list[bytes]
    deflated: Deflated | None


class Board:
    """Holds what /metrics says about quality. A shard enters when its stage is restored, and leaves with the shard."""

    def __init__(
        self, scope: Scope, instruments: Instruments, clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    ) -> None:
        self.page = Page([], None)
        self._scope, self._instruments, self._clock_ms = scope, instruments, clock_ms
        self._told = Told(scope.options)
        self._shards: dict[str, RatersStage] = {}
        self._unseen: set[str] = set()
        self._changed = asyncio.Event()
        self._compress = False

    @property
    def loading(self) -> frozenset[str]:
        """Shards that were restored and that no page shows yet."""
        return frozenset(self._unseen)

    def enter(self, shard: str, stage: RatersStage) -> None:
        """A restored stage takes its shard's place."""
        self._shards[shard] = stage
        self._unseen.add(shard)
        # Noted at once: a finding that closes before the next rendering still has to be told as closed.
        self._told.hold(shard, stage.told_findings, self._clock_ms() / 1000)
        self._changed.set()

    def leave(self, shard: str) -> None:
        """The shard is no longer ours."""
        if self._shards.pop(shard, None) is not None:
            self._unseen.discard(shard)
            self._told.release(shard, self._clock_ms() / 1000)
            self._changed.set()

    async def refresh(self) -> Rendering:
        """Renders a new page and puts it in the old one's place."""
        now_ms, shards = self._clock_ms(), dict(self._shards)
        with self._instruments.board_time.time():
            rendering = await render(shards, self._told, self._scope, now_ms)
            begun = time.perf_counter()
            deflated = await asyncio.to_thread(deflate, rendering.blocks) if self._compress else None
            compressed_s = time.perf_counter() - begun
        self.page = Page(rendering.blocks, deflated)
        self._instruments.board_at.set(now_ms / 1000)
        self._unseen -= {shard for shard, stage in shards.items() if self._shards.get(shard) is stage}
        return rendering._replace(busy_s=rendering.busy_s + compressed_s)

    async def compressed(self) -> Deflated:
        """The page of now, compressed; from now on that is done ahead of every scrape."""
        self._compress = True
        page = self.page
        if page.deflated is not None:
            return page.deflated
        deflated = await asyncio.to_thread(deflate, page.blocks)
        if self.page is page:
            self.page = Page(page.blocks, deflated)
        return deflated

    async def run(self) -> None:
        """Renders when shards come or go, and else as often as its share of the processor allows, until cancelled."""
        options = self._scope.options
        while True:
            self._changed.clear()
            rendering = await self.refresh()
            rest_s = min(max(options.rest * rendering.busy_s, options.rest_least_s), options.rest_most_s)
            try:
                await asyncio.wait_for(self._changed.wait(), rest_s)
            except TimeoutError:
                continue
