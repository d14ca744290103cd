"""`raterwatch tokens`: who may sign in to cases."""

from pathlib import Path

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from alerts.escalation.cases.roles import OF_A_VENDOR, Person, Role
from alerts.escalation.store.tokens import DAYS_MOST, create_token, list_tokens, revoke_token
from stream.commands.escalation_options import at_the_terminal, opened_service, with_settings
from stream.commands.terminal import console, note
from stream.commands.words import UNKNOWN, moment
from stream.errors import InputError

_ROLES = [str(role) for role in Role if role not in (Role.SYSTEM, Role.RATER)]


@click.group(
    "tokens",
    epilog="""\b
Examples:
  raterwatch tokens create dora --role decider --days 90 --for desk
  raterwatch tokens revoke token-3f2a""",
)
def tokens() -> None:
    """Make, list and revoke tokens of the case service."""


@tokens.command("create", epilog="Example: raterwatch tokens create lee --role vendor_lead --vendor alba --days 365")
@with_settings
@click.argument("person")
@click.option("--role", type=click.Choice(_ROLES), required=True)
@click.option("--vendor", help="For the roles of a vendor.")
@click.option("--days", type=click.IntRange(1, DAYS_MOST), default=90, show_default=True)
@click.option("--for", "what_for", default="", help="What it is used for, as a note.")
def create(settings_file: Path, person: str, role: str, vendor: str | None, days: int, what_for: str) -> None:
    """Print a new token, this once: only its hash is kept."""
    if (Role(role) in OF_A_VENDOR) != (vendor is not None):
        raise InputError("--vendor belongs to the roles of a vendor, and to them always")
    with opened_service(settings_file) as service, service.store.writing() as session:
        who = Person(person, Role(role), vendor)
        made = create_token(session, at_the_terminal(), who, what_for, days, service.clock())
    click.echo(made.secret)
    note(f"{made.id}: ends in {days} days; `raterwatch tokens revoke {made.id}` ends it before")


@tokens.command("revoke", epilog="Example: raterwatch tokens revoke token-3f2a")
@with_settings
@click.argument("token_id")
def revoke(settings_file: Path, token_id: str) -> None:
    """End a token and the sessions that began with it, at once."""
    with opened_service(settings_file) as service, service.store.writing() as session:
        revoke_token(session, at_the_terminal(), token_id, service.clock())
    note(f"{token_id} is revoked")


@tokens.command("list", epilog="Example: raterwatch tokens list")
@with_settings
def list_(settings_file: Path) -> None:
    """Show tokens, the newest first, with when they were last used."""
    table = Table(box=box.SIMPLE)
    for heading in ("id", "person", "role", "vendor", "for", "ends (UTC)", "last used (UTC)"):
        table.add_column(heading)
    with opened_service(settings_file) as service, service.store.reading() as session:
        for row in list_tokens(session):
            ends = "revoked" if row.revoked_ms is not None else moment(row.expires_ms)
            used = UNKNOWN if row.used_ms is None else moment(row.used_ms)
            table.add_row(*map(escape, (row.id, row.person, row.role, row.vendor or UNKNOWN, row.what_for, ends, used)))
    console().print(table)
