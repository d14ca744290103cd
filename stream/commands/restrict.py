"""`raterwatch restrict RATER on|off`: leaves a person alone while something is contested."""

import asyncio
from typing import Any

import click

from stream.commands.forget import read_words, send_order
from stream.commands.options import settings_of, with_control_key, with_servers
from stream.commands.publishing import control_key
from stream.commands.rater_names import check_pseudonym
from stream.commands.terminal import console, note
from stream.errors import InputError


@click.command(
    "restrict",
    epilog="""\b
Examples:
  raterwatch restrict rkx-7hq2m9t4vwzc on --by "M. Okafor" --reason "contests the numbers of May"
  raterwatch restrict rkx-7hq2m9t4vwzc off --by "M. Okafor" --reason "settled with the rater on 9 June\"""",
)
@click.argument("rater_id", metavar="RATER")
@click.argument("word", metavar="on|off", type=click.Choice(["on", "off"]))
@click.option("--reason", required=True, help="Why, in words that others will understand next year.")
@click.option("--by", required=True, help="Who orders it: a person's name, for the audit.")
@with_servers
@with_control_key
def restrict(*, rater_id: str, word: str, reason: str, by: str, **given: Any) -> None:
    """Freeze what is computed about RATER, a pseudonym, until it is switched off again.

    While it is on, nothing is scored, no finding opens and nothing is exported or shown. The rater's answers still
    count as answers on their items, for the sake of others. Answers given meanwhile never enter the rater's numbers;
    what changed about earlier ones does so when it is switched off.
    """
    check_pseudonym(rater_id)
    settings = settings_of(given)
    order = read_words(rater_id, "restrict" if word == "on" else "release", by, reason)
    control_key(settings)
    held = asyncio.run(send_order(settings, rater_id, order))
    if held.is_forgotten:
        raise InputError(f"{rater_id} was forgotten: there is nothing left to restrict")
    if word == "off" and held.restriction is None:
        note("It was not restricted as far as the shards know.")
    state = "restricted from now on" if word == "on" else "no longer restricted"
    console().print(
        f"{rater_id} is {state}. Written to {len(held.restrictions)} partitions; workers follow as they read on. "
        "See `raterwatch rater`."
    )
