"""A rater on a queue at the end of the log: what was flagged, and what is true: the unit that the report counts."""

from collections.abc import Iterable, Sequence

import msgspec

from stream.backtest.rows import RaterRow
from stream.events import Finding
from stream.report.answers import Key, Worked
from stream.report.truth import RaterTruth, Truth

DAY_MS = 86_400_000
TENURES = ((1, "under 1 day"), (7, "1 to 7 days"), (28, "7 to 28 days"))  # days from first to last judgment
LONGEST_TENURE = "28 days and more"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """None is unknown."""

    rater_id: str
    queue: str
    vendor: str
    locale: str | None
    site: str | None
    tenure: str | None  # one of TENURES; None without a clock
    judgments: int
    suspicion: float  # 0 to 1
    agreement: float | None
    median_duration_ms: float | None
    accuracy: float | None  # estimated from peers and known answers
    informativeness: float | None  # how much the answers tell beyond the queue's label mix
    flagged_at: int | None  # which of the rater's judgments opened the first finding
    needs_review: bool  # a finding is open at the end
    critical: bool  # a finding was critical at some time
    truth: RaterTruth | None

    @property
    def key(self) -> Key:
        return self.rater_id, self.queue

    @property
    def is_flagged(self) -> bool:
        """A finding was opened at some time, whatever became of it."""
        return self.flagged_at is not None


def standings(
    rows: Iterable[RaterRow], findings: Iterable[Finding], worked: Sequence[Worked], truth: Truth, *, has_clock: bool
) -> list[Standing]:
    """One for each row, in their order."""
    profile_of = {(known.profile.rater_id, known.profile.queue): known.profile for known in worked}
    tenure_of = _tenures(worked) if has_clock else {}
    critical = {(finding.rater_id, finding.queue) for finding in findings if finding.state == "critical"}
    return [
        Standing(
            rater_id=row.rater_id,
            queue=row.queue,
            vendor=row.vendor,
            locale=profile.locale if profile else None,
            site=profile.site if profile else None,
            tenure=tenure_of.get(row.rater_id),
            judgments=row.judgments,
            suspicion=row.suspicion,
            agreement=row.agreement,
            median_duration_ms=row.median_duration_ms,
            accuracy=row.accuracy,
            informativeness=row.informativeness,
            flagged_at=row.first_suspect_at,
            needs_review=row.state == "suspect",
            critical=(row.rater_id, row.queue) in critical,
            truth=truth.get(row.rater_id, row.queue),
        )
        for row in rows
        for profile in [profile_of.get((row.rater_id, row.queue))]
    ]


def _tenures(worked: Sequence[Worked]) -> dict[str, str]:
    """By rater, over all queues: how long they have been at work in this log."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for known in worked:
        rater = known.profile.rater_id
        first[rater] = min(first.get(rater, known.first_ms), known.first_ms)
        last[rater] = max(last.get(rater, known.last_ms), known.last_ms)
    return {rater: _band((last[rater] - first[rater]) / DAY_MS) for rater in first}


def _band(days: float) -> str:
    return next((name for limit, name in TENURES if days < limit), LONGEST_TENURE)
