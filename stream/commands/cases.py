"""`raterwatch cases`: the list of cases, what could not be delivered, and sending it again."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich import box
from rich.markup import escape
from rich.table import Table

from alerts.escalation.cases.roles import Person, Role
from alerts.escalation.cases.states import CaseKind, CaseState
from alerts.escalation.deliver.outbox import dead_deliveries, send_again
from alerts.escalation.store.reading import PAGE_MOST, CaseFilter, count_cases, list_cases
from alerts.escalation.store.tables import CaseRow, DeliveryRow
from alerts.escalation.work.holding import begin_hold, end_hold
from stream.commands.escalation_options import at_the_terminal, opened_service, with_settings
from stream.commands.rater_names import check_pseudonym
from stream.commands.terminal import console, note, print_json, with_json
from stream.commands.words import UNKNOWN, moment


@click.group(
    "cases",
    epilog="""\b
Examples:
  raterwatch cases list --vendor alba
  raterwatch cases deliveries
  raterwatch cases send-again msg_0123…
  raterwatch cases hold rkx-7hq2m9t4vwzc --by "M. Okafor" --reason "lawsuit 17" """,
)
def cases() -> None:
    """List cases by deadline, see what did not arrive, send it again; put a rater under a legal hold."""


@cases.command("hold", epilog='Example: raterwatch cases hold rkx-7hq2m9t4vwzc --by "M. Okafor" --reason "lawsuit 17"')
@with_settings
@click.argument("rater_id", metavar="RATER")
@click.option("--by", required=True, help="Who orders it: a person's name, for the audit.")
@click.option("--reason", help="Why. Without --end it has to be given.")
@click.option("--end", is_flag=True, help="End the hold instead.")
def hold(settings_file: Path, rater_id: str, by: str, reason: str | None, *, end: bool) -> None:
    """Put a legal hold on RATER: until it ends nothing of the rater is erased or dropped, whatever its age."""
    if not end and not reason:
        raise click.UsageError("say why with --reason")
    check_pseudonym(rater_id)
    who = Person(by, Role.PRIVACY)
    with opened_service(settings_file) as service, service.store.writing() as session:
        if end:
            end_hold(session, who, rater_id, service.clock())
        else:
            begin_hold(session, who, rater_id, reason or "", service.clock())
    note("The hold has ended." if end else "Held: `raterwatch forget` refuses, and no evidence is dropped.")


@cases.command("list", epilog="Example: raterwatch cases list --state answered --vendor alba")
@with_settings
@click.option("--state", "states", type=click.Choice(list(map(str, CaseState))), multiple=True, help="Repeatable.")
@click.option("--kind", type=click.Choice(list(map(str, CaseKind))))
@click.option("--vendor")
@click.option("--queue")
@click.option("--detector")
@click.option("--all", "ended", is_flag=True, help="Also those that are over.")
@click.option("--limit", type=click.IntRange(1, PAGE_MOST), default=50, show_default=True)
@with_json
def list_(
    settings_file: Path,
    *,
    states: Sequence[str],
    kind: str | None,
    vendor: str | None,
    queue: str | None,
    detector: str | None,
    ended: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Show cases, the most urgent first."""
    narrowed = CaseFilter(
        states=tuple(states),
        ended=None if ended else False,
        kind=kind,
        vendor=vendor,
        queue=queue,
        detector=detector,
    )
    with opened_service(settings_file) as service, service.store.reading() as session:
        found = list_cases(session, at_the_terminal(), narrowed, limit=limit).cases
        count = count_cases(session, at_the_terminal(), narrowed)
    if as_json:
        print_json([_as_json(case) for case in found])
        return
    console().print(_table(found))
    note(f"{len(found)} of {count}")


@cases.command("deliveries", epilog="Example: raterwatch cases deliveries --json")
@with_settings
@with_json
def deliveries(settings_file: Path, *, as_json: bool) -> None:
    """Show messages that never arrived, with why."""
    with opened_service(settings_file) as service, service.store.reading() as session:
        dead = dead_deliveries(session)
    if as_json:
        print_json([_delivery(row) for row in dead])
        return
    table = Table(box=box.SIMPLE)
    for heading in ("id", "vendor", "what", "by", "attempts", "given up (UTC)", "why"):
        table.add_column(heading)
    for row in dead:
        given_up = moment(row.ended_ms or 0)
        why = escape(row.last_error or "")
        table.add_row(row.id, row.vendor or UNKNOWN, row.what, row.channel, str(row.attempts), given_up, why)
    console().print(table)


@cases.command("send-again", epilog="Example: raterwatch cases send-again msg_0123")
@with_settings
@click.argument("delivery_ids", metavar="ID…", nargs=-1, required=True)
def again(settings_file: Path, delivery_ids: Sequence[str]) -> None:
    """Queue messages again that never arrived; each keeps its id."""
    with opened_service(settings_file) as service, service.store.writing() as session:
        for delivery_id in delivery_ids:
            send_again(session, at_the_terminal(), delivery_id, service.clock())
    note(f"{len(delivery_ids)} queued")


def _table(found: Sequence[CaseRow]) -> Table:
    table = Table(box=box.SIMPLE)
    for heading in ("case", "state", "due (UTC)", "what is due", "vendor", "queue", "about"):
        table.add_column(heading, no_wrap=heading in ("case", "due (UTC)"))
    for case in found:
        due = UNKNOWN if case.due_ms is None else moment(case.due_ms)
        about = f"{case.detector}, critical" if case.critical else case.detector
        cells = (case.id, case.state, due, case.due_kind, case.vendor, case.queue, about)
        table.add_row(*(escape(cell or UNKNOWN) for cell in cells))
    return table


def _as_json(case: CaseRow) -> dict[str, object]:
    names = ("id", "kind", "state", "vendor", "queue", "detector", "rater_id", "critical", "round", "opened_ms")
    more = ("due_kind", "due_ms", "assignee", "said")
    return {name: getattr(case, name) for name in (*names, *more)}


def _delivery(row: DeliveryRow) -> dict[str, object]:
    names = ("id", "case_id", "vendor", "what", "channel", "attempts", "ended_ms", "last_error")
    return {name: getattr(row, name) for name in names}
