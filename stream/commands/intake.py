"""`raterwatch intake`: judgments over HTTP."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from stream.commands.options import with_kafka, with_queues
from stream.commands.terminal import note
from stream.errors import SettingsError
from stream.settings import Settings

_PATH = click.Path(path_type=Path)
_TOKEN_DAYS = 90


@click.command(
    "intake",
    epilog="""\b
Examples:
  raterwatch intake --make-token alba
  raterwatch intake --tokens intake.toml --queues queues.toml --data-folder /var/lib/raterwatch""",
)
@click.option(
    "--tokens",
    type=_PATH,
    default=Path("intake.toml"),
    show_default=True,
    help="Who may send what; see docs/intake.md.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8090, show_default=True)
@click.option("--tls-certificate", type=_PATH, help="Certificate chain (PEM); without one, put a TLS proxy in front.")
@click.option("--tls-key", type=_PATH, help="Its private key (PEM).")
@click.option("--data-folder", type=_PATH, help="Where annotations are remembered, so that deletions are understood.")
@click.option(
    "--remember-days", type=click.IntRange(1, 400), default=30, show_default=True, help="How long; see docs/intake.md."
)
@with_kafka
@with_queues
@click.option("--metrics-host", help="Address of /metrics, /healthz and /readyz.  [RATERWATCH_METRICS_HOST]")
@click.option("--metrics-port", type=int, help="Its port.  [RATERWATCH_METRICS_PORT]")
@click.option("--make-token", metavar="NAME", help="Print a new token, and what to write into the tokens file; end.")
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING"]), default="INFO", show_default=True)
def intake(
    tokens: Path,
    host: str,
    port: int,
    tls_certificate: Path | None,
    tls_key: Path | None,
    data_folder: Path | None,
    remember_days: int,
    make_token: str | None,
    log_level: str,
    **given: Any,
) -> None:
    """Take judgments over HTTP: from vendors in batches, from annotation tools as webhooks or exports.

    Every record is checked as the workers check it, raw rater ids become pseudonyms, and a sender is told "accepted"
    only once Kafka has everything. Changed files of tokens and queues are read again within two seconds.
    """
    if make_token is not None:
        _make_token(make_token)
        return
    if (tls_certificate is None) != (tls_key is None):
        raise SettingsError("--tls-certificate and --tls-key belong together: give both, or neither")
    logging.basicConfig(level=log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for library in ("kafka", "aiokafka", "uvicorn"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # Imported here: what they load takes a moment that --help should not.
    import uvloop  # noqa: PLC0415

    from stream.intake.http.serving import Address, Certificate  # noqa: PLC0415
    from stream.intake_app import IntakeOptions, run_intake  # noqa: PLC0415

    certificate = Certificate(tls_certificate, tls_key) if tls_certificate and tls_key else None
    options = IntakeOptions(tokens, Address(host, port), data_folder, remember_days, certificate)
    uvloop.run(run_intake(Settings.load(**given), options))


def _make_token(name: str) -> None:
    """The token on standard output, this once; what is kept of it beside."""
    from stream.intake.http.tokens import hash_of, new_secret  # noqa: PLC0415

    secret = new_secret()
    expires = (datetime.now(UTC) + timedelta(days=_TOKEN_DAYS)).replace(microsecond=0)
    click.echo(secret)
    note("Give this to the sender; it is not shown again. Write into the tokens file, and say what it may send:")
    click.echo(
        f"[tokens.{name}]\n"
        f'sha256 = "{hash_of(secret)}"\n'
        f"expires = {expires.isoformat().replace('+00:00', 'Z')}\n"
        'vendor = "…"\n'
        'queues = ["…"]',
        err=True,
    )
