"""`raterwatch escalation`: the case service."""

import asyncio
import logging
from pathlib import Path

import click

from stream.commands.escalation_options import with_settings


@click.command(
    "escalation",
    epilog="""\b
Example:
  raterwatch escalation --settings deploy/escalation.toml""",
)
@with_settings
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING"]), default="INFO", show_default=True)
def escalation(settings_file: Path, log_level: str) -> None:
    """Turn findings into cases: read them from Kafka, keep deadlines, send to vendors, serve the desk."""
    logging.basicConfig(level=log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # They log every request, with addresses that are secrets.
    for name in ("aiokafka", "httpx", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    from alerts.escalation.app import serve  # noqa: PLC0415 (--help should not wait for it)
    from alerts.escalation.service import open_service  # noqa: PLC0415
    from alerts.escalation.settings import load_settings  # noqa: PLC0415

    service = open_service(load_settings(settings_file))
    asyncio.run(serve(service))
