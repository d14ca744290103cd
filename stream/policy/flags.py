"""Who is flagged where, as all shards together know it: the input of storm guard, vendor review and daily cap."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from stream.policy.declared import Level

CONSTANT = "constant_answer"


class FlagRow(NamedTuple):
    """A rater in a queue, or one of the rater's findings there: a row each, and one without detector for who has none.

    Only findings that are armed: what is in shadow sends nothing and has nothing to wait for.
    """

    queue: str
    vendor: str
    site: str | None
    rater_key: str  # whatever names the rater and is no raw id
    active_judgments: int  # in the queue in the last 24 hours
    since_ms: int | None = None  # when it was flagged, or began to look so
    detector: str | None = None
    severity: Literal["watch"] | Level | None = None  # watch: looks so, without an open finding

    @property
    def flagged(self) -> tuple[Level, int] | None:
        """What an open finding asks for, and since when; None when this row flags nobody."""
        if self.severity is None or self.severity == "watch" or self.since_ms is None:
            return None
        return self.severity, self.since_ms


@dataclass(frozen=True, slots=True)
class FlaggedRater:
    """A rater in a queue, whatever number of findings there are."""

    rater_key: str
    vendor: str
    site: str | None
    active_judgments: int
    flagged_since_ms: int | None  # of the oldest open finding
    constant_since_ms: int | None  # since when the rater looks constant, flagged or not


def raters_of(rows: Iterable[FlagRow]) -> list[FlaggedRater]:
    """A queue's raters in the order of their keys; a rater who moved counts where most of the day's judgments are."""
    of_rater: defaultdict[str, list[FlagRow]] = defaultdict(list)
    for row in rows:
        of_rater[row.rater_key].append(row)
    return [_rater(of_rater[key]) for key in sorted(of_rater)]


def _rater(rows: Sequence[FlagRow]) -> FlaggedRater:
    main = max(rows, key=lambda row: (row.active_judgments, row.vendor, row.site or ""))
    return FlaggedRater(
        rater_key=main.rater_key,
        vendor=main.vendor,
        site=main.site,
        active_judgments=main.active_judgments,
        flagged_since_ms=min((row.flagged[1] for row in rows if row.flagged), default=None),
        constant_since_ms=min(
            (row.since_ms for row in rows if row.detector == CONSTANT and row.since_ms is not None), default=None
        ),
    )
