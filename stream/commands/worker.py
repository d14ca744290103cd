"""`raterwatch worker`: the stream processor."""

import logging
from pathlib import Path
from typing import Any

import click

from stream.settings import Settings


@click.command(
    "worker",
    epilog="""\b
Example:
  raterwatch topics --queues queues.toml --control-key-file control.key --make-key
  raterwatch worker --control-key-file control.key""",
)
@click.option("--kafka", help="Bootstrap servers, comma-separated.  [RATERWATCH_KAFKA]")
@click.option("--redis", help="Redis URL; the password comes from a file.  [RATERWATCH_REDIS]")
@click.option("--group", help="Kafka consumer group: workers of one deployment share it.  [RATERWATCH_GROUP]")
@click.option("--metrics-host", help="Address of /metrics, /healthz and /readyz.  [RATERWATCH_METRICS_HOST]")
@click.option("--metrics-port", type=int, help="Its port.  [RATERWATCH_METRICS_PORT]")
@click.option("--control-key-file", type=click.Path(path_type=Path), help="Key of control records.")
@click.option("--rater-series", type=click.Choice(["findings", "all", "none"]), help="Which raters get series.")
@click.option(
    "--allow-full-replay", is_flag=True, default=None, help="Let emptied shards begin again at the log's start."
)
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING"]), default="INFO", show_default=True)
@click.option("--compile-only", is_flag=True, help="Compile the kernels into the cache and end (for image builds).")
def worker(log_level: str, *, compile_only: bool, **given: Any) -> None:
    """Read judgments, keep rolling statistics per rater in Redis, serve metrics. Run as many as there is work for."""
    logging.basicConfig(level=log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.WARNING)
    # Imported here: compiling and Faust take a moment that --help should not.
    from stream.stages.warm import compile_kernels  # noqa: PLC0415

    if compile_only:
        compile_kernels()
        return
    import uvloop  # noqa: PLC0415

    from stream.app import run_worker  # noqa: PLC0415

    uvloop.run(run_worker(Settings.load(**given)))
