"""What a command says to a person, and what to a program: tables and notes, or one JSON document."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click
from rich.console import Console

Command = TypeVar("Command", bound=Callable[..., Any])


def with_json(command: Command) -> Command:
    """--json, handed over as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")(command)


def print_json(value: object) -> None:
    """One JSON document on standard output, and nothing else there."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def console() -> Console:
    """Where tables go. What is not a terminal gets width enough for the widest table instead of broken lines."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=140)


def note(text: str) -> None:
    """A line for the person at the terminal, beside the command's output."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, style="dim")
