"""What hangs on a rater, as people read it."""

from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stream.commands.affected_found import Found
from stream.commands.words import UNKNOWN, moment, percent
from stream.report.affected import Affected, AffectedItem, Redo

_SHOWN = 20


def view(out: Console, found: Found, written: Path | None) -> None:
    """A paragraph a queue, and the items whose consensus hangs on the rater."""
    for told, items in found:
        out.rule(f"[bold]{escape(told.rater)}[/bold]  {escape(told.queue)}", align="left")
        for line in _lines(told):
            out.print(escape(line), soft_wrap=True)
        flips = [one for one in items if one.flips]
        if flips:
            out.print(_table(flips[:_SHOWN]))
        if len(flips) > _SHOWN:
            out.print(f"… and {len(flips) - _SHOWN:,} more: --out FILE writes them all")
        out.print()
    if written is not None:
        out.print(f"Wrote {sum(len(items) for _, items in found):,} items to {written}.", soft_wrap=True)


def _lines(told: Affected) -> list[str]:
    since = f"since {moment(told.since_ms)} UTC" if told.since_ms is not None else "from the first answer on"
    if told.no_longer_held is None:
        gone = f"no longer held: {UNKNOWN} ({told.no_longer_held_why})"
    else:
        gone = f"no longer held: {told.no_longer_held:,}"
    price = f"{told.price:.4f} {told.all.fresh_currency or ''}".strip() if told.price is not None else UNKNOWN
    return [
        f"{since} ({told.since_why})",
        f"items answered: {told.all.items:,}; {gone}",
        f"consensus is another one without this rater: {told.flips.items:,}; nobody else answered: {told.alone:,}",
        f"to redo all: {_cost(told.all)}",
        f"to redo those that hang on this rater: {_cost(told.flips)}",
        f"usual cost of a judgment here: {price} (median of {told.price_judgments:,})",
    ]


def _cost(redo: Redo) -> str:
    own, fresh = _money(redo.own_cost, redo.own_currency), _money(redo.fresh_cost, redo.fresh_currency)
    why = f" ({redo.why})" if redo.why else ""
    return f"paid for these answers {own}, one fresh judgment each {fresh}{why}"


def _money(amount: float | None, currency: str | None) -> str:
    return UNKNOWN if amount is None else f"{amount:,.2f} {currency or ''}".strip()


def _table(items: list[AffectedItem]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("item", "answer", "consensus", "sure", "without this rater", "given at (UTC)"):
        table.add_column(heading, overflow="fold")
    for one in items:
        table.add_row(
            escape(one.item_id or one.item_key),
            escape(one.answer),
            escape(one.consensus),
            percent(one.confidence),
            escape(one.consensus_without or UNKNOWN),
            moment(int(one.submitted_at.timestamp() * 1000)),
        )
    return table
