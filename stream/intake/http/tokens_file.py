"""Reads the file of the intake's tokens and bounds: strict TOML, so that a misspelt right is never granted."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from stream.errors import SettingsError
from stream.intake.http.bounds import Bounds
from stream.intake.http.tokens import Token, Tokens, TokenSettings
from stream.intake.pseudonyms import PseudonymKey
from stream.intake.table import COLUMNS
from stream.toml_file import Table, fault, named_tables, parse_toml, read_text, section


class IntakeFile(NamedTuple):
    """What the file says, and which files it names."""

    tokens: Tokens
    bounds: Bounds
    named: tuple[Path, ...]


def load_intake(path: Path) -> IntakeFile:
    """Reads the file and the keys that it names; raises SettingsError that names file and key."""
    name, tree = str(path), parse_toml(read_text(path), str(path))
    for key in tree.keys() - {"tokens", "limits"}:
        raise fault(name, key, "is no setting; allowed here: limits, tokens")
    bounds = section(name, "limits", tree.get("limits", {}), Bounds)
    found: dict[str, Token] = {}
    for key, place, table in named_tables(name, "tokens", tree.get("tokens", {})):
        found[key] = _token(path, place, key, table)
    for problem in _contradictions(found):
        raise fault(name, *problem)
    return IntakeFile(Tokens(found), bounds, tuple(_key_files(path, found)))


def _token(path: Path, place: str, key: str, table: Table) -> Token:
    settings = section(str(path), place, table, TokenSettings)
    return Token(key, settings, _key(path, place, settings), _zone(path, place, settings))


def _key(path: Path, place: str, settings: TokenSettings) -> PseudonymKey | None:
    if settings.pseudonym_key_file is None:
        return None
    try:
        return PseudonymKey.load(str(path.parent / settings.pseudonym_key_file))
    except SettingsError as error:
        raise fault(str(path), f"{place}.pseudonym_key_file", str(error)) from None


def _zone(path: Path, place: str, settings: TokenSettings) -> ZoneInfo | None:
    if settings.time_zone is None:
        return None
    try:
        return ZoneInfo(settings.time_zone)
    except (KeyError, ValueError, OSError):
        problem = f"{settings.time_zone!r} is no time zone; write one such as Europe/Berlin"
        raise fault(str(path), f"{place}.time_zone", problem) from None


def _contradictions(tokens: dict[str, Token]) -> Iterator[tuple[str, str]]:
    """What the types alone do not tell: (place, problem)."""
    if not tokens:
        yield "tokens", "there is none; `raterwatch intake --make-token NAME` makes one"
    seen: dict[str, str] = {}
    for name, token in tokens.items():
        settings = token.settings
        if other := seen.setdefault(settings.sha256, name) != name and seen[settings.sha256]:
            yield f"tokens.{name}.sha256", f"is that of {other} too; make a token for each"
        if settings.vendor is None and not settings.known_answers:
            yield f"tokens.{name}", "may send nothing; give it a vendor, or known_answers = true"
        for ours in settings.columns.keys() - set(COLUMNS):
            yield f"tokens.{name}.columns.{ours}", f"is no column of ours; there are {', '.join(COLUMNS)}"


def _key_files(path: Path, tokens: dict[str, Token]) -> Iterator[Path]:
    for token in tokens.values():
        if token.settings.pseudonym_key_file is not None:
            yield path.parent / token.settings.pseudonym_key_file
