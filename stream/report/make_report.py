"""The whole report as one value: what report.json holds and the page shows."""

import msgspec

from stream.backtest.run import Result
from stream.intake.survey import FileSurvey
from stream.report.account import Account, account_of
from stream.report.answers import Answers, Worked
from stream.report.comparison import Comparison, compare
from stream.report.items_file import ItemRow, item_rows
from stream.report.spending import Budget
from stream.report.standing import Standing
from stream.report.truth import Truth

VERSION = 1  # of report.json


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, and what is known to be true."""

    records: int
    judgments: int
    raters: int
    queues: list[str]
    has_clock: bool
    first_ms: int  # 0 without a clock
    last_ms: int
    truth: str  # none, known answers, file
    least_golds: int | None  # known answers a rater must have for the truth to be known
    bars: dict[str, float]  # by queue: accuracy on known answers below which a rater is below the bar
    truth_was_seen: bool  # the detectors saw the known answers that the truth comes from
    items: int
    flips: int  # items whose consensus is another one without the raters who need review


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """report.json."""

    version: int
    about: About
    account: Account  # of --policy
    against: Account | None  # of --against
    changes: Comparison | None


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is made from."""

    found: FileSurvey
    result: Result
    against: Result | None  # the same log under another policy
    answers: Answers
    worked: list[Worked]
    truth: Truth
    truth_was_seen: bool
    budget: Budget = Budget()


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The report, and the rows behind it that have places of their own."""

    report: Report
    standings: list[Standing]
    items: list[ItemRow]


def make_report(material: Material) -> Made:
    """Counts everything; the same material gives the same report."""
    account, standings = _account(material, material.result)
    against = _account(material, material.against)[0] if material.against else None
    accuracy = {one.key: one.accuracy for one in standings if one.accuracy is not None}
    review = frozenset(one.key for one in standings if one.needs_review)
    items = list(item_rows(material.answers, accuracy, review, material.result.known_labels))
    report = Report(
        version=VERSION,
        about=_about(material, items),
        account=account,
        against=against,
        changes=compare(account, against) if against else None,
    )
    return Made(report=report, standings=standings, items=items)


def _account(material: Material, result: Result) -> tuple[Account, list[Standing]]:
    return account_of(result, material.worked, material.truth, material.budget, has_clock=material.found.has_clock)


def _about(material: Material, items: list[ItemRow]) -> About:
    found, truth = material.found, material.truth
    return About(
        records=material.result.records,
        judgments=found.judgments,
        raters=len({row.rater_id for row in material.result.raters}),
        queues=sorted(found.queues),
        has_clock=found.has_clock,
        first_ms=found.first_ms if found.has_clock else 0,
        last_ms=found.last_ms if found.has_clock else 0,
        truth=truth.source,
        least_golds=truth.least_golds,
        bars=dict(truth.bars),
        truth_was_seen=material.truth_was_seen and truth.source == "known answers",
        items=len(items),
        flips=sum(row.flips is True for row in items),
    )
