"""Who was flagged, when and why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from stream.backtest.watch import Snapshot
from stream.events import Finding
from stream.report.answers import Key
from stream.report.standing import Standing


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One finding: what was measured when it opened, and what became of it."""

    detector: str
    sentence: str
    n: int  # judgments the measure rests on
    peers: int  # other raters it was compared with
    measure: float | None
    low: float | None  # interval of the measure
    high: float | None
    threshold: float | None
    opened_at_ms: int
    closed_at_ms: int | None  # None: still open at the end of the log
    closed_why: str | None
    corroboration: list[str]  # sentences of what stood beside it, and would never have opened it


class Flagged(msgspec.Struct, frozen=True, kw_only=True):
    """A rater on a queue with a finding, open or closed."""

    rater_id: str
    queue: str
    vendor: str
    judgments: int
    flagged_at: int  # which of the rater's judgments opened the first finding
    needs_review: bool  # a finding is open at the end of the log
    suspicion: float
    accuracy: float | None
    informativeness: float | None
    below_bar: bool | None  # what is true, None where it is not known
    reasons: list[Reason]
    trail: list[tuple[int, float]]  # suspicion as known at the rater's n-th judgment: (n, suspicion)


def flagged_raters(
    standings: Iterable[Standing], findings: Iterable[Finding], snapshots: Iterable[Snapshot]
) -> list[Flagged]:
    """Those in need of review first, then by suspicion."""
    reasons, trails = _reasons(findings), _trails(snapshots)
    found = [
        Flagged(
            rater_id=one.rater_id,
            queue=one.queue,
            vendor=one.vendor,
            judgments=one.judgments,
            flagged_at=one.flagged_at,
            needs_review=one.needs_review,
            suspicion=one.suspicion,
            accuracy=one.accuracy,
            informativeness=one.informativeness,
            below_bar=one.truth.below_bar if one.truth else None,
            reasons=reasons.get(one.key, []),
            trail=[*_before(trails.get(one.key, []), one.judgments), (one.judgments, one.suspicion)],
        )
        for one in standings
        if one.flagged_at is not None
    ]
    return sorted(found, key=lambda one: (not one.needs_review, -one.suspicion, one.queue, one.rater_id))


def _reasons(findings: Iterable[Finding]) -> dict[Key, list[Reason]]:
    versions: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.rater_id is not None:
            versions[finding.id].append(finding)
    reasons: defaultdict[Key, list[Reason]] = defaultdict(list)
    for told in versions.values():
        reasons[told[0].rater_id or "", told[0].queue].append(_reason(sorted(told, key=lambda found: found.version)))
    return {key: sorted(found, key=lambda reason: reason.opened_at_ms) for key, found in reasons.items()}


def _reason(told: Sequence[Finding]) -> Reason:
    """As it opened; of a finding that was renamed, as it stood when it got its last name."""
    last = told[-1]
    said = next(one for one in told if one.detector == last.detector)
    return Reason(
        detector=said.detector,
        sentence=said.sentence.text,
        n=said.n,
        peers=said.peers,
        measure=said.measure,
        low=said.low,
        high=said.high,
        threshold=said.threshold,
        opened_at_ms=said.opened_at,
        closed_at_ms=last.at if last.event == "closed" else None,
        closed_why=last.why,
        corroboration=[one.sentence.text for one in last.corroboration],
    )


def _before(trail: Iterable[tuple[int, float]], n: int) -> list[tuple[int, float]]:
    """The last point is the score at the end: peers who came later may have changed it since."""
    return [(at, score) for at, score in trail if at < n]


def _trails(snapshots: Iterable[Snapshot]) -> dict[Key, list[tuple[int, float]]]:
    trails: defaultdict[Key, list[tuple[int, float]]] = defaultdict(list)
    for row in snapshots:
        trails[row.rater_id, row.queue].append((row.n, row.suspicion))
    return {key: sorted(trail) for key, trail in trails.items()}
