"""What was ordered about a rater, shown in place of numbers: a restricted rater's are not looked at either."""

from typing import NamedTuple

import xxhash
from rich.markup import escape

from stream.commands.options import opened_store
from stream.commands.privacy_log import held_orders
from stream.commands.reading import partition_count, silent_raters
from stream.commands.terminal import console, print_json
from stream.commands.words import moment
from stream.errors import StateError
from stream.intake.control import ControlKey
from stream.intake.partition import partition_of
from stream.settings import Settings


class Orders(NamedTuple):
    """What stands. Without a control key a restriction is known, but not by whom and why."""

    forgotten_ms: int | None = None
    restricted: bool = False
    at_ms: int | None = None
    by: str | None = None
    reason: str | None = None


async def standing_orders(settings: Settings, rater_id: str) -> Orders | None:
    """None when nothing stands about the rater, or nothing can be known without a control key."""
    async with opened_store(settings) as store:
        if settings.control_key_file is not None:
            try:
                held = await held_orders(store, settings, ControlKey.load(str(settings.control_key_file)), rater_id)
            except StateError:
                return None  # no worker ran yet: the reports say it
            if held.is_forgotten:
                return Orders(forgotten_ms=min(at_ms for at_ms in held.forgotten_ms if at_ms is not None))
            if word := held.restriction:
                return Orders(restricted=True, at_ms=word.at_ms, by=word.by, reason=word.reason)
            return None
        number = partition_of(rater_id, await partition_count(store, settings))
        key = xxhash.xxh3_64_intdigest(rater_id.encode()).to_bytes(8, "little")
        silent = key in await silent_raters(store, f"{settings.outcomes}:{number}")
        return Orders(restricted=True) if silent else None


def show_orders(rater_id: str, orders: Orders, *, as_json: bool) -> None:
    """Prints what stands."""
    if as_json:
        print_json({"rater": rater_id, "orders": orders._asdict(), "queues": []})
        return
    out = console()
    if orders.forgotten_ms is not None:
        out.print(f"{escape(rater_id)} was forgotten, as ordered on {moment(orders.forgotten_ms)} UTC.")
        return
    out.print(f"{escape(rater_id)} is restricted: nothing is computed or shown until it is switched off again.")
    if orders.at_ms is not None:
        out.print(f"Ordered on {moment(orders.at_ms)} UTC by {escape(orders.by or '')}: {escape(orders.reason or '')}")
    out.print("What is held is written down by `raterwatch disclose`, for the person.")
