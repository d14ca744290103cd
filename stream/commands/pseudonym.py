"""`raterwatch pseudonym`: what stands for a person. Runs where the vendor's key is, and sends nothing anywhere."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from stream.commands.people_file import open_people, read_people
from stream.commands.terminal import note, print_json
from stream.errors import InputError, SettingsError
from stream.intake.pseudonyms import PseudonymKey, looks_like_pseudonym


@click.command(
    "pseudonym",
    epilog="""\b
Examples:
  raterwatch pseudonym --key acme.key --make-key
  raterwatch pseudonym --key acme.key < ids.txt
  raterwatch pseudonym --key acme.key --file work.csv --column worker > work.pseudonyms.csv""",
)
@click.argument("raw_ids", nargs=-1, metavar="[RAW_ID]...")
@click.option("--key", "key_file", type=click.Path(path_type=Path), required=True, help="The vendor's key file.")
@click.option("--make-key", is_flag=True, help="Make the key file (mode 600) if it does not exist.")
@click.option("--file", "table", type=click.Path(path_type=Path), help="A CSV file: written out with pseudonyms.")
@click.option("--column", default="rater_id", show_default=True, help="The file's column of raw ids.")
@click.option("--json", "as_json", is_flag=True, help="Print raw ids with their pseudonyms as JSON.")
def pseudonym(
    *,
    raw_ids: Sequence[str],
    key_file: Path,
    make_key: bool,
    table: Path | None,
    column: str,
    as_json: bool,
) -> None:
    """Turn raw rater ids into pseudonyms: from the command line, from standard input (a line each), or in a CSV file.

    Ids on the command line stay in the shell's history: prefer standard input. There is no way back from a pseudonym
    but `raterwatch whois`, with the vendor's own roster.
    """
    if table is not None and (raw_ids or as_json):
        raise click.UsageError("--file stands alone: give no ids and no --json with it")
    key = _key(key_file, make=make_key)
    if table is not None:
        _write_table(key, table, column)
        return
    ids = list(raw_ids) or _standard_input(made_key=make_key)
    pseudonyms = [_pseudonym(key, raw_id, at) for at, raw_id in enumerate(ids, 1)]
    if as_json:
        print_json([{"raw_id": raw, "pseudonym": made} for raw, made in zip(ids, pseudonyms, strict=True)])
        return
    for made in pseudonyms:
        click.echo(made)


def _key(path: Path, *, make: bool) -> PseudonymKey:
    if not make:
        return PseudonymKey.load(str(path))
    if path.exists():
        note(f"The key {path} exists and is kept.")
        return PseudonymKey.load(str(path))
    key = PseudonymKey.create(str(path))
    note(f"Wrote the key to {path} (mode 600). Keep a copy in a safe place: no other key makes the same pseudonyms.")
    return key


def _standard_input(*, made_key: bool) -> list[str]:
    """Lines without their ends; a terminal is not waited for."""
    if sys.stdin.isatty():
        if made_key:
            return []
        raise SettingsError("give raw ids on standard input, as arguments, or a CSV file with --file")
    return [line for line in (line.rstrip("\r\n") for line in sys.stdin) if line]


def _pseudonym(key: PseudonymKey, raw_id: str, line: int) -> str:
    """Raises InputError for what is a pseudonym already, which nobody means to hide once more."""
    if looks_like_pseudonym(raw_id):
        raise InputError(f"id {line} is a pseudonym already: give the vendor's own ids")
    return key.pseudonym(raw_id)


def _write_table(key: PseudonymKey, path: Path, column: str) -> None:
    with open_people(path) as file:
        people = read_people(file, path, column)
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(people.header)
        for line, row in enumerate(people.rows, 1):
            if not row[people.column]:
                raise InputError(f"{path}, row {line + 1}: the id is empty; every row needs one")
            made = _pseudonym(key, row[people.column], line)
            writer.writerow([*row[: people.column], made, *row[people.column + 1 :]])
