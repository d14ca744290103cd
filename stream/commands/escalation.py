"""`raterwatch escalation`: the case service."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import click

from stream.commands.escalation_options import with_settings
from stream.commands.options import settings_of, with_redis


@click.command(
    "escalation",
    epilog="""\b
Example:
  raterwatch escalation --settings deploy/escalation.toml""",
)
@with_settings
@with_redis
@click.option("--samples/--no-samples", default=True, show_default=True, help="Draw samples for blind re-judging.")
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING"]), default="INFO", show_default=True)
def escalation(settings_file: Path, log_level: str, *, samples: bool, **given: Any) -> None:
    """Turn findings into cases: read them from Kafka, keep deadlines, send to vendors, serve the desk.

    Redis is asked for items of raters, once an hour, to be judged again by who does not know whose they are, and for a
    rater's own numbers when the own page is opened.
    """
    logging.basicConfig(level=log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # They log every request, with addresses that are secrets.
    for name in ("aiokafka", "httpx", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    from alerts.escalation.app import PARTS, serve  # noqa: PLC0415 (--help should not wait for it)
    from alerts.escalation.service import Service, open_service  # noqa: PLC0415
    from alerts.escalation.settings import load_settings  # noqa: PLC0415
    from alerts.escalation.web.serving import serve_pages  # noqa: PLC0415
    from stream.commands.own_numbers import StoredNumbers  # noqa: PLC0415
    from stream.commands.sampling import keep_sampling  # noqa: PLC0415

    deployed = settings_of(given)

    async def sample(service: Service) -> None:
        await keep_sampling(service, deployed)

    async def pages(service: Service) -> None:
        await serve_pages(service, StoredNumbers(deployed))

    service = open_service(load_settings(settings_file))
    asyncio.run(serve(service, (*PARTS, pages, sample) if samples else (*PARTS, pages)))
