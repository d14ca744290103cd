"""`raterwatch forget RATER`: erases a person, so that no replay brings the person back."""

import asyncio
import time
from typing import Any

import click
import msgspec

from stream.commands.options import opened_store, servers, settings_of, with_control_key, with_servers
from stream.commands.privacy_log import HeldOrders, held_orders, places_of, publish_order
from stream.commands.publishing import control_key
from stream.commands.rater_names import check_pseudonym
from stream.commands.terminal import console, note, print_json, with_json
from stream.commands.unreachable import Remainder, remainders
from stream.intake.privacy_order import PrivacyOrder, Word, order_about
from stream.settings import Settings
from stream.transport.producer import KafkaProducer
from stream.transport.topics import REJECTED, retention_seconds

HELD = 3  # exit code: a case or a legal hold is open
_LOOK_AGAIN_S = 0.5


@click.command(
    "forget",
    epilog='Example: raterwatch forget rkx-7hq2m9t4vwzc --by "M. Okafor" --reason "asked for erasure on 3 May"',
)
@click.argument("rater_id", metavar="RATER")
@click.option("--reason", required=True, help="Why, for the audit; not the person's name.")
@click.option("--by", required=True, help="Who orders it: a person's name, for the audit.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--wait", "wait_s", type=click.IntRange(0), default=60, show_default=True, help="Seconds to wait for it.")
@with_servers
@with_control_key
@with_json
def forget(*, rater_id: str, reason: str, by: str, yes: bool, wait_s: int, as_json: bool, **given: Any) -> None:
    """Erase all that is held of RATER, a pseudonym, and refuse the rater's judgments from now on.

    The order travels in the log, so that reading the log again comes to the same. Answers on items stay without a
    name, for others were compared with them; sums of queues and vendors stay. Refuses with exit code 3 while a case or
    a legal hold about the rater is open. What it cannot reach is listed, with dates.
    """
    check_pseudonym(rater_id)
    settings, cases = settings_of(given), servers().cases()
    order = read_words(rater_id, "forget", by, reason)
    control_key(settings)  # what can be wrong with files comes first
    if held := cases.hold_on(rater_id):
        note(f"Nothing is erased: {held.why}")
        click.get_current_context().exit(HELD)
    if not yes:
        click.confirm(f"Erase all that is held of {rater_id}? This cannot be undone. Go on?", abort=True)
    left = asyncio.run(_carry_out(settings, rater_id, order, wait_s))
    stays = cases.erase(rater_id, by=by, reason=reason)
    kept_s = retention_seconds(
        settings.kafka_connection, [settings.judgments, settings.outcomes, settings.findings, REJECTED]
    )
    _tell(rater_id, left, remainders(settings, kept_s, time.time_ns() // 1_000_000), stays, as_json=as_json)


def read_words(rater_id: str, word: Word, by: str, reason: str) -> PrivacyOrder:
    """The order; a usage error for texts that cannot be meant."""
    try:
        return order_about(rater_id, word, by, reason)
    except msgspec.ValidationError as error:
        raise click.UsageError(str(error)) from None


async def send_order(settings: Settings, rater_id: str, order: PrivacyOrder) -> HeldOrders:
    """Publishes it; answers what the shards held before."""
    async with opened_store(settings) as store:
        held = await held_orders(store, settings, control_key(settings), rater_id)
    producer = KafkaProducer(settings.kafka_connection)
    try:
        await publish_order(producer, settings, held, order)
    finally:
        await producer.stop()
    return held


async def _carry_out(settings: Settings, rater_id: str, order: PrivacyOrder, wait_s: int) -> list[str]:
    """Publishes the order and waits until Redis holds nothing of the rater; answers which keys still do."""
    await send_order(settings, rater_id, order)
    async with opened_store(settings) as store:
        until = time.monotonic() + wait_s
        while True:
            held = await held_orders(store, settings, control_key(settings), rater_id)
            left = [f"{settings.judgments}:{n}" for n, at_ms in enumerate(held.forgotten_ms) if at_ms is None]
            left = left or await places_of(store, settings, rater_id)
            if not left or time.monotonic() >= until:
                return left
            await asyncio.sleep(_LOOK_AGAIN_S)


def _tell(rater_id: str, left: list[str], remain: list[Remainder], stays: list[str], *, as_json: bool) -> None:
    if as_json:
        found = {"rater": rater_id, "not_yet": left, "remains": [one._asdict() for one in remain], "cases": stays}
        print_json(found)
        return
    out = console()
    if left:
        out.print(f"Written to the log. Not carried out yet in {', '.join(left)}: workers follow as they read on.")
        out.print("Run the same command again to look; doing it twice does no harm.")
    else:
        out.print(f"Redis holds nothing of {rater_id} any more; judgments that still come are refused as `forgotten`.")
    out.print("\nWhat it cannot reach:")
    for one in [*map(str, remain), *stays]:
        out.print(f"  · {one}", soft_wrap=True)
