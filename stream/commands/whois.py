"""`raterwatch whois`: at the vendor, the person behind a pseudonym. Offline: reads two files and nothing else."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from stream.commands.people_file import PeopleFile, open_people, read_people
from stream.commands.terminal import console, print_json
from stream.errors import InputError
from stream.intake.pseudonyms import PseudonymKey, looks_like_pseudonym

_KEY_ID = slice(1, 3)  # of a pseudonym


@click.command(
    "whois",
    epilog="""\b
Example, with a roster that has a column of raw ids:
  raterwatch whois rkx-7hq2m9t4vwzc --roster staff.csv --column worker_id --key acme.key""",
)
@click.argument("pseudonyms", nargs=-1, required=True, metavar="PSEUDONYM...")
@click.option("--roster", type=click.Path(path_type=Path), required=True, help="The vendor's own CSV file of people.")
@click.option("--key", "key_file", type=click.Path(path_type=Path), required=True, help="The vendor's key file.")
@click.option("--column", default="rater_id", show_default=True, help="The roster's column of raw ids.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def whois(*, pseudonyms: Sequence[str], roster: Path, key_file: Path, column: str, as_json: bool) -> None:
    """Find the person behind a pseudonym in the vendor's own roster.

    Only the vendor can do this: it takes the key and the roster. Nothing is sent, stored or logged.
    """
    key = PseudonymKey.load(str(key_file))
    _check(pseudonyms, key)
    with open_people(roster) as file:
        people = read_people(file, roster, column)
        found = find_people(people, pseudonyms, key)
    missing = [pseudonym for pseudonym in pseudonyms if pseudonym not in found]
    if as_json:
        print_json(
            [{"pseudonym": name, "person": dict(zip(people.header, row, strict=True))} for name, row in found.items()]
        )
    elif found:
        _show(people.header, found)
    if missing:
        raise InputError(f"{', '.join(missing)}: nobody in {roster} has this pseudonym; is the roster complete?")


def find_people(people: PeopleFile, pseudonyms: Iterable[str], key: PseudonymKey) -> dict[str, list[str]]:
    """The roster's row of each pseudonym that it has, in the order asked."""
    wanted = dict.fromkeys(pseudonyms)
    rows = {made: row for row in people.rows if (made := key.pseudonym(row[people.column])) in wanted}
    return {pseudonym: rows[pseudonym] for pseudonym in wanted if pseudonym in rows}


def _check(pseudonyms: Iterable[str], key: PseudonymKey) -> None:
    for at, pseudonym in enumerate(pseudonyms, 1):
        if not looks_like_pseudonym(pseudonym):
            raise InputError(f"argument {at} is no pseudonym: they look like r{key.key_id}-7hq2m9t4vwzc")
        if pseudonym[_KEY_ID] != key.key_id:
            raise InputError(
                f"{pseudonym} was made with the key {pseudonym[_KEY_ID]}, this is {key.key_id}: "
                "take the key file of its vendor and epoch"
            )


def _show(header: Sequence[str], found: dict[str, list[str]]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("pseudonym", *header):
        table.add_column(escape(heading))
    for pseudonym, row in found.items():
        table.add_row(pseudonym, *map(escape, row))
    console().print(table)
