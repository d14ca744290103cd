"""A vendor's scorecard of a period. **Pure**, and a value: once both have signed it, it is kept as it is.

Only random audits and known answers enter: everything else is chosen by somebody. The intervals are Wilson's at 95 %.

*Adjusted for case mix* by indirect standardisation. A vendor with the hard queues must not look worse for it: with
n_q judgments checked in queue q, of which r_q were right, and the common rate p_q of all vendors there,

    expected = sum n_q p_q,   adjusted = (sum r_q / expected) * (sum over all vendors' right / all checked)

so 1.0 times the common rate is a vendor who does as well as all of them would have done on the same work. The common
rate of a queue is told, and used, only where at least three vendors work: with two, either could work out the other's.
Reference: Breslow and Day, Statistical Methods in Cancer Research II (1987), chapter 2; Wilson (1927).
"""

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from alerts.escalation.scorecards.period import Period
from alerts.escalation.scorecards.port import DayCounts

POOLED_FROM = 3  # vendors
ENOUGH = 200  # judgments checked: below, no conclusion on a contract is drawn
_Z = 1.959963984540054


class Share(Struct, frozen=True, kw_only=True):
    """`right` of `n`, with its interval; all three None without any."""

    n: int
    right: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


class QueueLine(Struct, frozen=True, kw_only=True):
    """One queue of the card; `common` is the rate of all vendors there, None with fewer than three of them."""

    queue: str
    judgments: int
    audits: Share
    known: Share
    checked: Share  # both together: what a contract rests on
    common: float | None
    target: float | None


class Excluded(Struct, frozen=True, kw_only=True):
    """Days of a queue that do not count, and why: a wrong known answer, a guideline's storm, training."""

    queue: str
    first_day: str  # ISO dates, both included
    last_day: str
    reason: str
    judgments: int  # of this vendor, left out by it


class Card(Struct, frozen=True, kw_only=True):
    """What both sides sign. Nothing in it is another vendor's alone, nothing is about cost or speed."""

    vendor: str
    period: str
    first_day: str
    last_day: str
    judgments: int
    audit_share: float | None  # of the judgments, how many were audited at random
    checked: Share
    adjusted: Share  # n and right are those that could be adjusted
    expected: float | None  # how many of those would be right at the common rates
    target: float | None  # agreed accuracy, weighted by what was checked
    conclusion: str  # met, missed, open (the interval holds the target), few (n below ENOUGH) or none (no target)
    queues: tuple[QueueLine, ...]
    excluded: tuple[Excluded, ...]


def make_card(
    vendor: str,
    period: Period,
    counts: Sequence[DayCounts],
    targets: dict[tuple[str, str], float],
    exclusions: Sequence[Excluded] = (),
) -> Card:
    """The card of one vendor; `counts` are those of all vendors in the period."""
    kept = [one for one in counts if not any(_covers(rule, one) for rule in exclusions)]
    own = [one for one in kept if one.vendor == vendor]
    lines = tuple(_line(vendor, queue, kept, targets) for queue in sorted({one.queue for one in own}))
    judgments, checked = sum(line.judgments for line in lines), _sum(line.checked for line in lines)
    agreed = [(line.target, line.checked.n) for line in lines if line.target is not None and line.checked.n]
    weight = sum(n for _, n in agreed)
    target = sum(goal * n for goal, n in agreed) / weight if weight else None
    adjusted, expected = _adjusted(lines, kept)
    return Card(
        vendor=vendor,
        period=period.name,
        first_day=period.first.isoformat(),
        last_day=period.until.fromordinal(period.until.toordinal() - 1).isoformat(),
        judgments=judgments,
        audit_share=sum(line.audits.n for line in lines) / judgments if judgments else None,
        checked=checked,
        adjusted=adjusted,
        expected=expected,
        target=target,
        conclusion=_conclusion(checked, target),
        queues=lines,
        excluded=tuple(_counted(rule, vendor, counts) for rule in exclusions),
    )


def wilson(right: int, n: int) -> Share:
    """The share with Wilson's 95 % interval."""
    if not n:
        return Share(n=0, right=0)
    share, z2 = right / n, _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Share(n=n, right=right, share=share, low=max(0.0, middle - half), high=min(1.0, middle + half))


def _line(vendor: str, queue: str, kept: Sequence[DayCounts], targets: dict[tuple[str, str], float]) -> QueueLine:
    here = [one for one in kept if one.queue == queue]
    own = [one for one in here if one.vendor == vendor]
    audits = wilson(sum(one.audited - one.overturned for one in own), sum(one.audited for one in own))
    known = wilson(sum(one.known_right for one in own), sum(one.known for one in own))
    return QueueLine(
        queue=queue,
        judgments=sum(one.judgments for one in own),
        audits=audits,
        known=known,
        checked=_sum((audits, known)),
        common=_common(here),
        target=targets.get((vendor, queue)),
    )


def _common(here: Sequence[DayCounts]) -> float | None:
    vendors = {one.vendor for one in here if _checked(one)}
    n = sum(_checked(one) for one in here)
    return sum(_right(one) for one in here) / n if len(vendors) >= POOLED_FROM and n else None


def _adjusted(lines: Sequence[QueueLine], kept: Sequence[DayCounts]) -> tuple[Share, float | None]:
    usable = [(line, line.common) for line in lines if line.common is not None and line.checked.n]
    raw = _sum(line.checked for line, _ in usable)
    expected = sum(line.checked.n * common for line, common in usable)
    if not expected or raw.share is None or raw.low is None or raw.high is None:
        return Share(n=0, right=0), None
    pooled = {line.queue for line, _ in usable}
    there = [one for one in kept if one.queue in pooled]
    overall = sum(_right(one) for one in there) / sum(_checked(one) for one in there)
    factor = raw.n * overall / expected
    share, low, high = (min(1.0, value * factor) for value in (raw.share, raw.low, raw.high))
    return Share(n=raw.n, right=raw.right, share=share, low=low, high=high), expected


def _conclusion(checked: Share, target: float | None) -> str:
    if target is None:
        return "none"
    if checked.n < ENOUGH or checked.low is None or checked.high is None:
        return "few"
    if checked.low >= target:
        return "met"
    return "missed" if checked.high < target else "open"


def _covers(rule: Excluded, one: DayCounts) -> bool:
    return rule.queue == one.queue and rule.first_day <= one.day.isoformat() <= rule.last_day


def _counted(rule: Excluded, vendor: str, counts: Sequence[DayCounts]) -> Excluded:
    left_out = sum(one.judgments for one in counts if one.vendor == vendor and _covers(rule, one))
    return Excluded(
        queue=rule.queue,
        first_day=rule.first_day,
        last_day=rule.last_day,
        reason=rule.reason,
        judgments=left_out,
    )


def _sum(shares: Iterable[Share]) -> Share:
    listed = list(shares)
    return wilson(sum(one.right for one in listed), sum(one.n for one in listed))


def _checked(one: DayCounts) -> int:
    return one.audited + one.known


def _right(one: DayCounts) -> int:
    return one.audited - one.overturned + one.known_right
