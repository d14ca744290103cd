"""What all flags together say about each queue: calm, a queue to blame, vendors to review, or cases that wait.

One pure function over the flags of all shards: the order of rows does not matter, nothing is remembered, and whoever
computes it says the same. It decides about alerts and cases, never about a rater's state.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from stream.policy.blame import Blame, blame
from stream.policy.cap import Waiting, waiting_cases
from stream.policy.declared import DeclaredPolicy, QueuePolicy
from stream.policy.flags import FlaggedRater, FlagRow, raters_of
from stream.policy.groups import GroupReview, groups_to_review


class Verdict(IntEnum):
    """What a queue's flags say, the more far-reaching the higher. More flags never lower it."""

    CALM = 0
    CAPPED = 1  # cases wait for a free place
    VENDOR_NEEDS_REVIEW = 2
    QUEUE_TO_BLAME = 3


@dataclass(frozen=True, slots=True)
class QueueVerdict:
    """The verdict on a queue with all that led to it."""

    queue: str
    active_raters: int
    flagged_raters: int  # of the active ones
    blame: Blame | None
    inhibited: tuple[str, ...]  # keys of raters whose alerts wait, by key; empty once the storm's hours are over
    reviews: tuple[GroupReview, ...]
    waiting: tuple[Waiting, ...]

    @property
    def verdict(self) -> Verdict:
        """The most far-reaching of what applies; the fields tell everything."""
        if self.blame:
            return Verdict.QUEUE_TO_BLAME
        if self.reviews:
            return Verdict.VENDOR_NEEDS_REVIEW
        return Verdict.CAPPED if self.waiting else Verdict.CALM


def judge_flags(rows: Iterable[FlagRow], policy: DeclaredPolicy, now_ms: int) -> dict[str, QueueVerdict]:
    """The verdict on every queue that has a row, by name."""
    of_queue: defaultdict[str, list[FlagRow]] = defaultdict(list)
    for row in rows:
        of_queue[row.queue].append(row)
    return {queue: _verdict(queue, of_queue[queue], policy.of(queue), now_ms) for queue in sorted(of_queue)}


def _verdict(queue: str, rows: Sequence[FlagRow], policy: QueuePolicy, now_ms: int) -> QueueVerdict:
    raters = raters_of(rows)
    active = [rater for rater in raters if rater.active_judgments >= policy.storm.active_judgments]
    reviews = groups_to_review(active, policy.storm)
    found = blame(active, policy.storm, explained=bool(reviews))
    inhibited = _inhibited(raters, found, policy, now_ms)
    return QueueVerdict(
        queue=queue,
        active_raters=len(active),
        flagged_raters=sum(rater.flagged_since_ms is not None for rater in active),
        blame=found,
        inhibited=inhibited,
        reviews=reviews,
        waiting=tuple(waiting_cases(rows, found, inhibited, policy.cap.cases_per_queue_and_vendor, now_ms)),
    )


def _inhibited(
    raters: Sequence[FlaggedRater], found: Blame | None, policy: QueuePolicy, now_ms: int
) -> tuple[str, ...]:
    """Whose alerts wait, whether they worked today or not."""
    return tuple(
        rater.rater_key
        for rater in raters
        if found and rater.flagged_since_ms is not None and found.inhibits(rater.flagged_since_ms, now_ms, policy.storm)
    )
