"""`raterwatch audit verify`: whether the record of what happened in cases is as it was written."""

from pathlib import Path

import click

from alerts.escalation.store.audit import verify as verify_chain
from stream.commands.escalation_options import opened_service, with_settings
from stream.commands.terminal import print_json, with_json


@click.group("audit", epilog="Example: raterwatch audit verify --head 3f2a…")
def audit() -> None:
    """Verify the audit of cases."""


@audit.command("verify", epilog="Example: raterwatch audit verify --head 3f2a…")
@with_settings
@click.option("--head", help="A hash that an earlier run printed and you kept elsewhere; it has to be found again.")
@with_json
def verify(settings_file: Path, head: str | None, *, as_json: bool) -> None:
    """Walk the whole chain; exit code 1 names the first row that was altered, inserted or dropped.

    Keep the hash that is printed outside of the database: only with it a chain that was rewritten whole is noticed.
    """
    with opened_service(settings_file) as service, service.store.reading() as session:
        found = verify_chain(session, head)
    if as_json:
        print_json(found._asdict())
        return
    click.echo(f"{found.rows} rows, unbroken; {found.erased} personal parts were erased\nhead: {found.head}")
