"""`raterwatch contract check`: what a contracts file means, before it takes effect."""

import time
from pathlib import Path

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from alerts.escalation.cases.calendar import after_business_days, after_days
from alerts.escalation.cases.contract import Contract
from alerts.escalation.cases.contract_file import load_contracts
from stream.commands.terminal import console
from stream.commands.words import UNKNOWN, moment


@click.group("contract", epilog="Example: raterwatch contract check deploy/contracts.toml")
def contract() -> None:
    """Check the vendors' contracts."""


@contract.command("check", epilog="Example: raterwatch contract check deploy/contracts.toml")
@click.argument("file", type=click.Path(path_type=Path), default=Path("deploy/contracts.toml"))
def check(file: Path) -> None:
    """Read the file strictly, and show when a case that a vendor got now would be due."""
    contracts = load_contracts(file)
    table = Table(box=box.SIMPLE, title="A case that arrives now (times in UTC)", title_justify="left")
    for heading in ("vendor", "messages by", "acknowledge", "answer", "lapses", "appeals until"):
        table.add_column(heading)
    now_ms = time.time_ns() // 1_000_000
    for name, vendor in sorted(contracts.vendors.items()):
        table.add_row(escape(name), *_row(vendor, now_ms))
    console().print(table)


def _row(vendor: Contract, now_ms: int) -> list[str]:
    terms, calendar = vendor.deadlines, vendor.calendar
    answer = terms.answer_business_days
    dues = [
        after_business_days(calendar, now_ms, days)
        for days in (terms.acknowledge_business_days, answer, answer + terms.lapse_business_days)
    ]
    dues.append(after_days(calendar, now_ms, terms.appeal_days))
    moments = [UNKNOWN if due is None else moment(due) for due in dues]
    ways = [way for way, there in (("webhook", vendor.webhook), ("e-mail", vendor.lead_email)) if there]
    return [", ".join(ways) or "nothing", *moments]
