"""`raterwatch affected RATER`: the items that hang on a rater, and what to have them judged again costs."""

import asyncio
from pathlib import Path
from typing import Any

import click
import msgspec

from stream.backtest.report import write_csv
from stream.commands.affected_found import Found, Wanted, find_affected
from stream.commands.affected_view import view
from stream.commands.deployed_policy import policies_of
from stream.commands.file_options import Choice, files_instead, open_files
from stream.commands.finding_lookup import find_finding
from stream.commands.options import settings_of, with_control_key, with_servers
from stream.commands.rater import MomentType
from stream.commands.rater_names import check_pseudonym
from stream.commands.rater_orders import show_orders, standing_orders
from stream.commands.terminal import console, print_json, with_json
from stream.errors import InputError
from stream.events import Finding
from stream.report.affected import Affected, AffectedItem
from stream.settings import Settings


class SinceType(click.ParamType):
    """A time with offset, "change" or "first"."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Milliseconds since the epoch, or the word."""
        if value in ("change", "first") or isinstance(value, int):
            return value if isinstance(value, int) else str(value)
        try:
            return MomentType().convert(value, param, ctx)
        except click.BadParameter:
            self.fail("say change, first, or a time with offset such as 2026-01-05T12:00:00Z", param, ctx)


@click.command(
    "affected",
    epilog="""\b
Examples:
  raterwatch affected rkx-7hq2m9t4vwzc --since 2026-11-20T00:00:00Z
  raterwatch affected rkx-7hq2m9t4vwzc --queue toxicity --since change --out again.csv
  raterwatch affected --finding 5d0c7e1f2a3b4c5d6e7f8091a2b3c4d5 --json
  raterwatch affected w17 --since first --from-files judgments.csv""",
)
@click.argument("rater_id", metavar="RATER", required=False)
@click.option("--finding", "finding_id", metavar="ID", help="The rater, queue and moment that a finding speaks of.")
@click.option(
    "--since", type=SinceType(), help="A time with offset; change, where the finding of a change begins; or first."
)
@click.option("--queue", help="Only this queue.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Also write the items to this CSV file.")
@click.option("--no-names", is_flag=True, help="Leave item ids out instead of looking them up in Kafka's log.")
@files_instead
@with_servers
@with_control_key
@with_json
def affected(
    *,
    rater_id: str | None,
    finding_id: str | None,
    since: int | str | None,
    queue: str | None,
    out: Path | None,
    no_names: bool,
    choice: Choice | None,
    as_json: bool,
    **given: Any,
) -> None:
    """List the items that RATER, a pseudonym, has answered since a moment: those whose consensus is another one without
    the rater, and the cost of having them judged again.

    That a consensus flips says what it rested on, not who was right. Which items a rater judged is written nowhere, so
    the shards are searched through once, a few items at a time; ids come from Kafka's log. Items that are forgotten for
    their age are counted as no longer held. With --from-files nothing but the files is read.
    """
    _check(rater_id, finding_id, since)
    settings = settings_of(given)
    if choice is not None:
        found = _in_files(settings, choice, rater_id, finding_id, queue, since)
    else:
        wanted = _wanted(settings, rater_id, finding_id, queue, since)
        if orders := asyncio.run(standing_orders(settings, wanted.rater_id)):
            show_orders(wanted.rater_id, orders, as_json=as_json)
            return
        found = asyncio.run(find_affected(settings, wanted, with_names=not no_names))
    if out is not None:
        _write(out, found)
    if as_json:
        print_json([_as_json(told, items) for told, items in found])
    else:
        view(console(), found, out)


def _check(rater_id: str | None, finding_id: str | None, since: int | str | None) -> None:
    if (rater_id is None) == (finding_id is None):
        raise InputError("name either a rater or, with --finding, a finding")
    if finding_id is None and since is None:
        raise InputError("since when? Say --since change, --since first, or a time with offset")
    if finding_id is not None and since is not None:
        raise InputError("a finding says itself since when: leave --since out, or name the rater instead")


def _wanted(
    settings: Settings, rater_id: str | None, finding_id: str | None, queue: str | None, since: int | str | None
) -> Wanted:
    if finding_id is not None:
        return _of_finding(asyncio.run(find_finding(settings, finding_id)))
    check_pseudonym(rater_id or "")
    return Wanted(rater_id or "", queue, since or 0)


def _in_files(
    settings: Settings,
    choice: Choice,
    rater_id: str | None,
    finding_id: str | None,
    queue: str | None,
    since: int | str | None,
) -> Found:
    # Imported here: the kernels take a moment that --help should not.
    from stream.commands.affected_in_files import affected_in, finding_in, run_files  # noqa: PLC0415

    ran = run_files(open_files(choice), policies_of(settings))
    wanted = _of_finding(finding_in(ran, finding_id)) if finding_id else Wanted(rater_id or "", queue, since or 0)
    return affected_in(ran, wanted)


def _of_finding(finding: Finding) -> Wanted:
    return Wanted(finding.rater_id or "", finding.queue, "finding", finding)


def _write(path: Path, found: Found) -> None:
    rows = (tuple(_plain(one).values()) for _, items in found for one in items)
    try:
        write_csv(path, AffectedItem._fields, rows)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error}); choose another file with --out") from None


def _as_json(told: Affected, items: list[AffectedItem]) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(told)
    return whole | {"items": [_plain(one) for one in items]}


def _plain(one: AffectedItem) -> dict[str, Any]:
    """Times in words that every program reads."""
    return one._asdict() | {"submitted_at": one.submitted_at.isoformat(timespec="milliseconds")}
