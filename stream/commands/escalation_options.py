"""What the commands about cases share: the service's settings file, and who is at the terminal."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.service import Service, open_service
from alerts.escalation.settings import load_settings

Command = TypeVar("Command", bound=Callable[..., Any])


def with_settings(command: Command) -> Command:
    """--settings, handed over as `settings_file`."""
    return click.option(
        "--settings",
        "settings_file",
        type=click.Path(path_type=Path),
        default=Path("deploy/escalation.toml"),
        show_default=True,
        help="The escalation service's settings.",
    )(command)


@contextmanager
def opened_service(settings_file: Path) -> Iterator[Service]:
    """The service without its parts, as a command uses it."""
    service = open_service(load_settings(settings_file))
    try:
        yield service
    finally:
        service.store.close()


def at_the_terminal() -> Person:
    """Whoever can read the database's password may do what an admin may; the audit names the account."""
    return Person(f"terminal:{getpass.getuser()}", Role.ADMIN)
