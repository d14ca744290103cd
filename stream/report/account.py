"""Everything the report says of one policy's run."""

from collections.abc import Sequence

import msgspec

from stream.backtest.run import Result
from stream.report.answers import Worked
from stream.report.by_group import Group, by_group
from stream.report.detection import Detection, detection
from stream.report.flag_scores import FlagScores, flag_scores
from stream.report.flagged import Flagged, flagged_raters
from stream.report.reliability import Reliability, reliability
from stream.report.spending import Budget, Spent, spending
from stream.report.standing import Standing, standings
from stream.report.truth import Truth
from stream.stages.queue_told import QueueTold


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Figures over raters on queues."""

    rated: int  # raters on queues
    needs_review: int  # with an open finding at the end
    flagged: list[Flagged]
    scores: FlagScores
    detection: Detection
    reliability: Reliability
    budget: Budget
    spending: list[Spent]
    groups: list[Group]
    queues: list[QueueTold]


def account_of(
    result: Result, worked: Sequence[Worked], truth: Truth, budget: Budget, *, has_clock: bool
) -> tuple[Account, list[Standing]]:
    """The figures, and the raters they were counted over."""
    found = standings(result.raters, result.findings, worked, truth, has_clock=has_clock)
    account = Account(
        rated=len(found),
        needs_review=sum(one.needs_review for one in found),
        flagged=flagged_raters(found, result.findings, result.snapshots),
        scores=flag_scores(found),
        detection=detection(found),
        reliability=reliability(found),
        budget=budget,
        spending=spending(found, budget),
        groups=by_group(found),
        queues=result.queues,
    )
    return account, found
