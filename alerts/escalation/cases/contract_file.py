"""Reads the contracts from a strict TOML file: a misspelt deadline must not pass for the default."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from alerts.escalation.cases.contract import Contract, Contracts
from stream.toml_file import fault, named_tables, parse_toml, read_text, section

_LOOPBACK = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")


def load_contracts(path: str | Path) -> Contracts:
    """The contracts in a file; raises SettingsError that names file and key, and says what is allowed."""
    return parse_contracts(read_text(path), str(path))


def parse_contracts(text: str, name: str = "contracts.toml") -> Contracts:
    """The contracts in a TOML text, with defaults for what it leaves out; `name` is the file that messages name."""
    tree = parse_toml(text, name)
    vendors = tree.pop("vendors", {})
    section(name, "", tree, Contracts)
    contracts = {}
    for key, place, table in named_tables(name, "vendors", vendors):
        if "name" in table:
            raise fault(name, f"{place}.name", "is the table's own name; display_name is what people read")
        contracts[key] = msgspec.structs.replace(section(name, place, table, Contract), name=key)
        for at, problem in _contradictions(contracts[key]):
            raise fault(name, f"{place}.{at}", problem)
    return Contracts(vendors=contracts)


def _contradictions(contract: Contract) -> Iterator[tuple[str, str]]:
    """What the types alone do not tell: (place, problem)."""
    calendar, terms = contract.calendar, contract.deadlines
    try:
        ZoneInfo(calendar.time_zone)
    except (KeyError, ValueError, OSError):
        yield "calendar.time_zone", f"{calendar.time_zone!r} is no time zone; write one such as Europe/Berlin"
    if calendar.begin >= calendar.until:
        yield "calendar.until", f"has to be later than from = {calendar.begin!r}"
    if terms.answer_business_days < terms.acknowledge_business_days:
        yield "deadlines.answer_business_days", "is no less than acknowledge_business_days: who answers has read"
    steps = [step.after_business_days for step in contract.ladder]
    if steps != sorted(steps):
        yield "ladder", "goes up: after_business_days may not fall from a step to the next"
    # Plain HTTP is refused again when it is sent, unless the deployment opens loopback for a trial.
    if contract.webhook is not None and not contract.webhook.url.startswith(("https://", *_LOOPBACK)):
        yield "webhook.url", "begins with https://"
    for key in ("lead_email", "manager_email"):
        address = getattr(contract, key)
        if address is not None and not _is_mail(address):
            yield key, f"{address!r} is no mail address"


def _is_mail(address: str) -> bool:
    name, _, host = address.rpartition("@")
    return bool(name and "." in host.strip(".")) and not any(sign.isspace() or sign in ",;<>" for sign in address)
