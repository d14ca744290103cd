"""`raterwatch arm`, `disarm`, `arming`: what leads to cases and messages, and what only shows on boards."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from stream.commands.arming_log import HeldArming, check_room, check_scope, held_arming, partition_count, publish_orders
from stream.commands.arming_view import as_builtins, show
from stream.commands.file_options import FILE
from stream.commands.moment_types import UNTIL
from stream.commands.options import opened_store, settings_of, with_control_key, with_redis, with_servers
from stream.commands.publishing import control_key
from stream.commands.terminal import console, note, print_json, with_json
from stream.policy.arming import lifts
from stream.policy.arming_order import ArmingOrder, Mode, Scope
from stream.policy.declared import FLAGGING, DeclaredPolicy
from stream.policy.policy_file import load_policy
from stream.settings import Settings
from stream.transport.producer import KafkaProducer

Command = TypeVar("Command", bound=Callable[..., Any])


def _scope(command: Command) -> Command:
    for option in (
        click.option("--detector", type=click.Choice(FLAGGING), help="Only its findings."),
        click.option("--vendor", help="Only about this vendor's raters."),
        click.option("--queue", help="Only in this queue."),
    ):
        command = option(command)
    return command


def _ordering(command: Command) -> Command:
    for option in (
        with_control_key,
        with_servers,
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option("--until", "ends_ms", type=UNTIL, help="When it ends by itself: 12h, 7d, 2w, or a time."),
        click.option("--by", required=True, help="Who orders it: a person's name, for the audit."),
        click.option("--reason", required=True, help="Why, in words that others will understand next year."),
        click.option("--all", "everything", is_flag=True, help="The whole deployment, when nothing else is named."),
        _scope,
    ):
        command = option(command)
    return command


@click.command(
    "arm",
    epilog="""\b
Examples:
  raterwatch arm --queue toxicity --by "M. Okafor" --reason "looked through two weeks of findings"
  raterwatch arm --all --by "M. Okafor" --reason "shadow period reviewed with all vendors\"""",
)
@_ordering
def arm(**given: Any) -> None:
    """Let findings lead to cases and messages: in a queue, of a vendor, of a detector, or everywhere.

    It ends the first days in shadow of what is there now. It lifts a disarm only when it names as much as that did.
    """
    _order("armed", **given)


@click.command(
    "disarm",
    epilog="""\b
Examples:
  raterwatch disarm --detector copying --by "M. Okafor" --reason "pilot in pairs" --until 7d
  raterwatch disarm --all --by "M. Okafor" --reason "guideline changed today" --until 12h""",
)
@_ordering
def disarm(**given: Any) -> None:
    """Let findings show on boards only: no case is opened and no message sent. What is open already stays open."""
    _order("shadow", **given)


@click.command("arming", epilog="Example: raterwatch arming --queue toxicity --history")
@with_redis
@_scope
@click.option("--policy", type=FILE, help="The policy file; the defaults without one.")
@click.option("--history", is_flag=True, help="Also what was ordered before, by whom and why.")
@with_json
def arming(
    *,
    queue: str | None,
    vendor: str | None,
    detector: str | None,
    policy: Path | None,
    history: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Show what is armed and what is in shadow, why and until when, and the orders in force."""
    now_ms = time.time_ns() // 1_000_000
    declared = load_policy(policy) if policy else DeclaredPolicy()
    held = asyncio.run(_held(settings_of(given)))
    wanted = Scope(queue=queue, vendor=vendor, detector=detector)
    check_scope(wanted, held)
    if as_json:
        print_json(as_builtins(held, declared, wanted, now_ms))
        return
    show(console(), held, declared, wanted, now_ms, history=history)


def _order(mode: Mode, *, everything: bool, yes: bool, **given: Any) -> None:
    fields = {name: given.pop(name) for name in ("queue", "vendor", "detector", "by", "reason", "ends_ms")}
    settings = settings_of(given)
    if everything == any(fields[name] is not None for name in ("queue", "vendor", "detector")):
        raise click.UsageError("say what: --queue, --vendor or --detector, or all of it with --all and none of these")
    now_ms = time.time_ns() // 1_000_000
    try:
        order = msgspec.convert({"mode": mode, "at_ms": now_ms, **fields}, ArmingOrder)
    except msgspec.ValidationError as error:
        raise click.UsageError(str(error)) from None
    control_key(settings)  # what can be wrong with files comes first
    held = asyncio.run(_held(settings))
    check_scope(order, held)
    check_room(order, held)
    what = str(order)
    for stop in _staying(order, held, now_ms):
        note(f"Stays in shadow: {stop} ({stop.reason}, {stop.by}). To lift it, arm it by the same names.")
    if not yes:
        effect = "leads to cases and messages" if mode == "armed" else "shows on boards only"
        click.confirm(f"From now on {effect}: {what}. Go on?", abort=True)
    asyncio.run(_publish(settings, held, order))
    console().print(
        f"{'Armed' if mode == 'armed' else 'In shadow'}: {what}. Written to {held.partitions} partitions; workers "
        "follow as they read on. See `raterwatch arming`."
    )


def _staying(order: ArmingOrder, held: HeldArming, now_ms: int) -> list[ArmingOrder]:
    """Disarms in force that lie within a new arm, or across it, and are not lifted by it."""
    if order.mode != "armed":
        return []
    stops = [stop for stop in held.orders if stop.mode == "shadow" and stop.in_force(now_ms)]
    arms = [*(arm for arm in held.orders if arm.in_force(now_ms)), order]
    return [stop for stop in stops if order.meets(stop) and not any(_lifts_there(arm, stop, order) for arm in arms)]


def _lifts_there(arm: ArmingOrder, stop: ArmingOrder, order: ArmingOrder) -> bool:
    """Whether an arm lifts the disarm for all that falls under both it and the order."""
    return lifts(arm, stop) and arm.named <= order.named | stop.named


async def _held(settings: Settings) -> HeldArming:
    async with opened_store(settings) as store:
        return await held_arming(store, settings, await partition_count(store, settings))


async def _publish(settings: Settings, held: HeldArming, order: ArmingOrder) -> None:
    producer = KafkaProducer(settings.kafka_connection)
    try:
        await publish_orders(producer, settings, held, [order])
    finally:
        await producer.stop()
