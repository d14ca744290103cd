"""What a scrape of every rater costs, and how long the stream waits for it."""

import asyncio
import time
from pathlib import Path
from typing import Any

from bench.load import PER_SECOND, Load, records
from bench.pipeline import Say, prepared
from stack.local import LocalStack
from stream.demo.progress import caught_up
from stream.telemetry.quantiles import quantile

_SCRAPES = 20
_PAUSE_S = 1.0


def scrape_cost(raters: int, folder: Path, say: Say) -> dict[str, Any]:
    """Scrapes of a worker that exports every rater (`--rater-series all`), and the longest stall of its event loop."""
    say(f"/metrics with {raters:,} raters")
    with LocalStack(folder / "stack") as stack:
        deployment = prepared(stack, folder, 4)
        load = Load(raters * 15, raters=raters)
        deployment.produce(records(load, time.time_ns() // 1_000_000 - load.judgments * 1_000 // PER_SECOND))
        deployment.start_worker(rater_series="all", rater_series_cap="100000")
        try:
            deployment.wait_until_ready()
            while not asyncio.run(caught_up(deployment.settings)):
                time.sleep(_PAUSE_S)
            time.sleep(5 * _PAUSE_S)  # the board is rendered anew
            before, took = deployment.scrape(), []
            for _ in range(_SCRAPES):
                started = time.monotonic()
                text = deployment.scrape()
                took.append(time.monotonic() - started)
                time.sleep(_PAUSE_S)
        finally:
            deployment.stop()
    stall = "raterwatch_loop_delay_seconds"
    return {
        "raters": raters,
        "bytes": len(text),
        "median_seconds": round(sorted(took)[_SCRAPES // 2], 4),
        "longest_seconds": round(max(took), 4),
        "p99_stall_seconds": quantile(text, stall, {}, 0.99, since=before),
        "longest_stall_at_most_seconds": quantile(text, stall, {}, 1.0, since=before),
    }
