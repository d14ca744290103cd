"""Arming as tables for a person and as values for a program."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stream.commands.arming_log import HeldArming
from stream.commands.words import UNKNOWN, moment
from stream.policy.arming import Standing, Subject
from stream.policy.arming_audit import audit
from stream.policy.arming_book import effect_ends_ms
from stream.policy.arming_order import ArmingOrder, Scope
from stream.policy.declared import FLAGGING, DeclaredPolicy

_ANY_VENDOR = ""  # no vendor has this name, so orders about one vendor do not concern it


class _Line(NamedTuple):
    subject: Subject
    standing: Standing


def as_builtins(held: HeldArming, policy: DeclaredPolicy, wanted: Scope, now_ms: int) -> dict[str, Any]:
    """Everything for JSON."""
    return {
        "standing": [
            {
                "queue": line.subject.queue,
                "vendor": line.subject.vendor or None,
                "detector": line.subject.detector,
                **msgspec.to_builtins(line.standing._asdict()),
            }
            for line in _lines(held, policy, wanted, now_ms)
        ],
        "orders": msgspec.to_builtins(_of(held, wanted)),
        "history": [
            entry._asdict() | {"order": msgspec.to_builtins(entry.order)} for entry in audit(held.orders, now_ms)
        ],
        "partitions_behind": list(held.behind),
    }


def show(out: Console, held: HeldArming, policy: DeclaredPolicy, wanted: Scope, now_ms: int, *, history: bool) -> None:
    """How queues stand, the orders in force, and with `history` what came before."""
    out.print(_standing_table(held, policy, wanted, now_ms))
    current = [order for order in _of(held, wanted) if _has_effect(order, held, now_ms)]
    if current:
        out.print(_orders_table(current))
    if wanted.vendor is None and any(order.vendor for order in current):
        out.print("Orders about one vendor are not in the first table: see them with --vendor NAME.")
    if held.behind:
        out.print(
            f"Partitions {', '.join(map(str, held.behind))} lack an order yet: their workers are behind, or two orders "
            "met; the next `arm` or `disarm` writes all of them again."
        )
    if history:
        out.print(_history_table(held, now_ms))


def _standing_table(held: HeldArming, policy: DeclaredPolicy, wanted: Scope, now_ms: int) -> Table:
    """A line for the detectors of a queue that stand alike."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("queue", "stands", "detectors", "why", "may change (UTC)"):
        table.add_column(heading)
    alike: defaultdict[tuple[str, Standing], list[str]] = defaultdict(list)
    for subject, found in _lines(held, policy, wanted, now_ms):
        alike[subject.queue, found].append(subject.detector)
    for (queue, found), detectors in alike.items():
        until = UNKNOWN if found.look_again_ms is None else moment(found.look_again_ms)
        stands = "[green]armed" if found.mode == "armed" else "in shadow"
        named = "all" if len(detectors) == len(FLAGGING) else ", ".join(detectors)
        table.add_row(escape(queue), stands, named, escape(_why(found)), until)
    return table


def _lines(held: HeldArming, policy: DeclaredPolicy, wanted: Scope, now_ms: int) -> Iterator[_Line]:
    """Every queue and detector that is on there and asked for."""
    for queue in sorted(held.vendors_of):
        rules = policy.of(queue)
        for detector in FLAGGING:
            on = getattr(rules.detectors, detector).on
            if on and wanted.queue in (None, queue) and wanted.detector in (None, detector):
                subject = Subject(queue, wanted.vendor or _ANY_VENDOR, detector)
                yield _Line(subject, held.book.standing(subject, rules.shadow, now_ms))


def _why(found: Standing) -> str:
    if found.order is not None:
        return f"{found.order.reason} ({found.order.by}; {found.order})"
    return "new: the first days in shadow" if found.why == "new" else "no order"


def _of(held: HeldArming, wanted: Scope) -> list[ArmingOrder]:
    """Orders that touch what is asked for."""
    return [order for order in held.orders if order.meets(wanted)]


def _has_effect(order: ArmingOrder, held: HeldArming, now_ms: int) -> bool:
    ends_ms = effect_ends_ms(order, held.orders)
    return order.at_ms <= now_ms and (ends_ms is None or now_ms < ends_ms)


def _orders_table(orders: list[ArmingOrder]) -> Table:
    table = Table(title="Orders in force", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("since (UTC)", "order", "what", "until (UTC)", "by", "reason"):
        table.add_column(heading)
    for order in orders:
        until = UNKNOWN if order.ends_ms is None else moment(order.ends_ms)
        word = "arm" if order.mode == "armed" else "disarm"
        table.add_row(moment(order.at_ms), word, escape(str(order)), until, escape(order.by), escape(order.reason))
    return table


def _history_table(held: HeldArming, now_ms: int) -> Table:
    table = Table(title="History", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("at (UTC)", "what", "of", "by", "reason"):
        table.add_column(heading)
    for entry in audit(held.orders, now_ms):
        order = entry.order
        table.add_row(moment(entry.at_ms), entry.what, escape(str(order)), escape(order.by), escape(order.reason))
    return table
