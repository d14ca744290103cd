"""Reads the one file that declares queues and vendors: strict TOML, so that a misspelt setting stops the start."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from stream.errors import SettingsError
from stream.events import ID_CHARS
from stream.intake.conflict import conflict_of
from stream.intake.money import to_micro
from stream.intake.queues import ContractSettings, QueueSettings, Settings, VendorSettings
from stream.intake.reasons import Reason
from stream.intake.settings_control import payload_of

Table = dict[str, Any]
Section = TypeVar("Section", bound=Struct)


def load_settings(path: str | Path) -> Settings:
    """Reads the file; raises SettingsError that names file and key, and says what is allowed."""
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}); create it or correct the path") from None
    return parse_settings(text, str(path))


def parse_settings(text: str, name: str = "queues.toml") -> Settings:
    """The settings in a TOML text; `name` is the file that messages name."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: not TOML: {error}") from None
    queues = {key: _section(name, place, table, QueueSettings) for key, place, table in _tables(name, tree, "queues")}
    vendors = {key: _vendor(name, place, table) for key, place, table in _tables(name, tree, "vendors")}
    whole = _section(name, "", tree | {"queues": {}, "vendors": {}}, Settings)
    settings = msgspec.structs.replace(whole, queues=queues, vendors=vendors)
    for place, problem in _contradictions(settings):
        raise _error(name, place, problem)
    return settings


def _tables(name: str, tree: Table, kind: str) -> Iterator[tuple[str, str, Table]]:
    tables = tree.get(kind, {})
    if not isinstance(tables, dict):
        raise _error(name, kind, f"is a table of tables: write [{kind}.NAME]")
    for key, table in tables.items():
        place = f"{kind}.{key}"
        if not isinstance(table, dict):
            raise _error(name, place, f"is a table: write [{place}]")
        if not 1 <= len(key) <= ID_CHARS or "\0" in key:
            raise _error(name, place, f"a name has 1 to {ID_CHARS} characters, no NUL among them")
        yield key, place, table


def _vendor(name: str, place: str, table: Table) -> VendorSettings:
    contract = table.get("contract", {})
    if not isinstance(contract, dict):
        raise _error(name, f"{place}.contract", f"is a table: write [{place}.contract]")
    checked = _section(name, f"{place}.contract", contract, ContractSettings)
    return msgspec.structs.replace(_section(name, place, table | {"contract": {}}, VendorSettings), contract=checked)


def _section(name: str, place: str, table: Table, kind: type[Section]) -> Section:
    allowed = kind.__struct_fields__
    for key in table:
        if key not in allowed:
            raise _error(
                name, f"{place}.{key}".lstrip("."), f"is no setting; allowed here: {', '.join(sorted(allowed))}"
            )
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        problem, _, at = str(error).partition(" - at `$")
        key = at.rstrip("`")
        choices = get_args(get_type_hints(kind).get(key.lstrip(".")))
        if problem.startswith("Invalid enum value"):
            problem = f"is one of {', '.join(choices)}"
        raise _error(name, f"{place}{key}".lstrip("."), problem) from None


def _contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """What the types alone do not tell: (place, problem)."""
    yield from _zone("time_zone", settings.time_zone)
    for key, queue in settings.queues.items():
        yield from _zone(f"queues.{key}.time_zone", queue.time_zone)
        for vendor in queue.vendors:
            if vendor not in settings.vendors:
                yield f"queues.{key}.vendors", f"{vendor!r} is not declared; add [vendors.{vendor}]"
    for key, vendor_settings in settings.vendors.items():
        yield from _zone(f"vendors.{key}.time_zone", vendor_settings.time_zone)
        yield from _contract(f"vendors.{key}.contract", vendor_settings.contract)
    conflict = conflict_of(payload_of(settings), {})
    if conflict:
        yield "queues", conflict


def _contract(place: str, contract: ContractSettings) -> Iterator[tuple[str, str]]:
    if contract.currency is not None and not (contract.currency.isascii() and contract.currency.isupper()):
        yield f"{place}.currency", "is an ISO 4217 code such as EUR"
    for key in ("cost_per_judgment", "cost_per_correct_max"):
        cost = getattr(contract, key)
        if cost is not None and isinstance(to_micro(cost), Reason):
            yield f"{place}.{key}", 'is a decimal text from "0" to "4000" with at most six places'
        if cost is not None and contract.currency is None:
            yield f"{place}.currency", f"is needed beside {key}"


def _zone(place: str, name: str | None) -> Iterator[tuple[str, str]]:
    if name is None:
        return
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        yield place, f"{name!r} is no time zone; write one such as Europe/Berlin"


def _error(name: str, place: str, problem: str) -> SettingsError:
    return SettingsError(f"{name}: {place}: {problem}" if place else f"{name}: {problem}")
