"""`affected` on files: the same from a backtest over them."""

from typing import NamedTuple

import msgspec

from stream.backtest.run import Backtest, Plan, Result, batches
from stream.commands.affected_found import Found, Wanted
from stream.commands.file_options import Opened, progress_bar
from stream.errors import InputError
from stream.events import Finding
from stream.intake.settings_control import payload_of
from stream.report.affected import Gone, affected_items, summed_up
from stream.report.answers import AnswerBook, Key
from stream.report.consensus import usual_of
from stream.report.prices import Prices
from stream.report.since import CHANGED, FIRST, NO_CHANGE, Since, since_of_finding
from stream.stages.policies import Policies


class Ran(NamedTuple):
    """A backtest that has ended, and the answers that stood then."""

    result: Result
    book: AnswerBook


def run_files(opened: Opened, policies: Policies) -> Ran:
    """Reads them all."""
    payload, book = msgspec.structs.replace(payload_of(opened.settings), accept_raw_ids=True), AnswerBook()
    engine = Backtest(payload, Plan(policies=policies), [book.add])
    with progress_bar() as bar:
        task = bar.add_task("judgments", total=opened.found.judgments)
        for batch in batches(opened.sources):
            engine.feed(batch)
            bar.advance(task, len(batch))
    return Ran(engine.finish(), book)


def finding_in(ran: Ran, finding_id: str) -> Finding:
    """A finding that was open at some time, as it was last told. Raises InputError for an unknown id."""
    versions = [finding for finding in ran.result.findings if finding.id == finding_id and finding.rater_id]
    if not versions:
        raise InputError(f"these files lead to no finding {finding_id}: `backtest` writes them all into findings.jsonl")
    return max(versions, key=lambda finding: finding.version)


def affected_in(ran: Ran, wanted: Wanted) -> Found:
    """By queue. Raises InputError for a rater who is not in the files."""
    answers = ran.book.answers()
    accuracy = {(row.rater_id, row.queue): row.accuracy for row in ran.result.raters if row.accuracy is not None}
    prices, usual = Prices(), usual_of(answers)
    prices.add(answers)
    found: Found = []
    for key in _keys(ran, wanted):
        since = _since(ran, key, wanted)
        items = affected_items(answers, key, since.at_ms, accuracy, usual)
        found.append((summed_up(key, items, since, prices.of(key[1]), Gone(0)), items))
    return found


def _keys(ran: Ran, wanted: Wanted) -> list[Key]:
    keys = [(row.rater_id, row.queue) for row in ran.result.raters]
    keys = sorted(key for key in keys if key[0] == wanted.rater_id and wanted.queue in (None, key[1]))
    if not keys:
        raise InputError("the files hold no work of this rater there: write the id as raters.csv has it")
    if wanted.finding or wanted.since != "change":
        return keys
    changed = [key for key in keys if _change(ran, key)]
    if not changed:
        raise InputError(NO_CHANGE)
    return changed


def _since(ran: Ran, key: Key, wanted: Wanted) -> Since:
    if isinstance(wanted.since, int):
        return Since(wanted.since, "as asked for")
    finding = wanted.finding or (_change(ran, key) if wanted.since == "change" else None)
    if finding is None:
        return FIRST
    came_ms = ran.book.came_ms(key)
    return since_of_finding(finding, came_ms, len(came_ms))


def _change(ran: Ran, key: Key) -> Finding | None:
    """The open finding of a change, as it stands at the end."""
    told = [finding for finding in ran.result.findings if (finding.rater_id, finding.queue) == key]
    latest = max((one for one in told if one.detector == CHANGED), key=lambda one: one.at, default=None)
    return latest if latest is not None and latest.event != "closed" else None
