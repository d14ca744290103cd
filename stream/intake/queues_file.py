"""Reads the one file that declares queues and vendors: strict TOML, so that a misspelt setting stops the start."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar, get_args, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from stream.intake.conflict import conflict_of
from stream.intake.money import to_micro
from stream.intake.queues import ContractSettings, QueueSettings, Settings, VendorSettings
from stream.intake.reasons import Reason
from stream.intake.settings_control import payload_of
from stream.toml_file import Table, fault, named_tables, parse_toml, read_text

Section = TypeVar("Section", bound=Struct)


def load_settings(path: str | Path) -> Settings:
    """Reads the file; raises SettingsError that names file and key, and says what is allowed."""
    return parse_settings(read_text(path), str(path))


def parse_settings(text: str, name: str = "queues.toml") -> Settings:
    """The settings in a TOML text; `name` is the file that messages name."""
    tree = parse_toml(text, name)
    queues = {
        key: _section(name, place, table, QueueSettings)
        for key, place, table in named_tables(name, "queues", tree.get("queues", {}))
    }
    vendors = {
        key: _vendor(name, place, table) for key, place, table in named_tables(name, "vendors", tree.get("vendors", {}))
    }
    whole = _section(name, "", tree | {"queues": {}, "vendors": {}}, Settings)
    settings = msgspec.structs.replace(whole, queues=queues, vendors=vendors)
    for place, problem in _contradictions(settings):
        raise fault(name, place, problem)
    return settings


def _vendor(name: str, place: str, table: Table) -> VendorSettings:
    contract = table.get("contract", {})
    if not isinstance(contract, dict):
        raise fault(name, f"{place}.contract", f"is a table: write [{place}.contract]")
    checked = _section(name, f"{place}.contract", contract, ContractSettings)
    return msgspec.structs.replace(_section(name, place, table | {"contract": {}}, VendorSettings), contract=checked)


def _section(name: str, place: str, table: Table, kind: type[Section]) -> Section:
    allowed = kind.__struct_fields__
    for key in table:
        if key not in allowed:
            raise fault(
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
        raise fault(name, f"{place}{key}".lstrip("."), problem) from None


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
