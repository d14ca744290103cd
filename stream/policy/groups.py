"""Vendor against queue: whether flags sit at one vendor or site while the others of the queue agree."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from stream.policy.declared import StormPolicy
from stream.policy.flags import FlaggedRater

_ROUNDING = 1e-9  # .2 of 35 raters are 7, in binary too


@dataclass(frozen=True, slots=True)
class GroupReview:
    """A vendor (site None) or one of its sites that needs review, with the numbers that say so."""

    vendor: str
    site: str | None
    active_raters: int
    flagged_raters: int
    others_active: int
    others_flagged: int


class _Count(NamedTuple):
    """Active raters somewhere, and the flagged ones among them."""

    active: int
    flagged: int


def groups_to_review(active: Sequence[FlaggedRater], storm: StormPolicy) -> tuple[GroupReview, ...]:
    """Vendors and sites with so many flagged raters as would blame a queue, while the queue's other raters have fewer.

    Several may stand out at once. Where one site explains its vendor's flags, the site alone is named.
    """
    everybody = _count(active)
    of_vendor: dict[str, list[FlaggedRater]] = {}
    for rater in active:
        of_vendor.setdefault(rater.vendor, []).append(rater)
    found: list[GroupReview] = []
    for vendor in sorted(of_vendor):
        raters = of_vendor[vendor]
        whole = _review(vendor, None, _count(raters), everybody, storm)
        sites = [
            review
            for site in sorted({rater.site for rater in raters if rater.site is not None})
            if (review := _review(vendor, site, _count(r for r in raters if r.site == site), everybody, storm))
        ]
        if whole is None or (len(sites) == 1 and not _rest_is_high(whole, sites[0], storm)):
            found += sites
        else:
            found.append(whole)
    return tuple(found)


def least_flagged(active: int, storm: StormPolicy) -> int:
    """Of so many active raters this many flagged ones are as many as blame a queue."""
    return max(1, ceil(storm.flagged_share * active - _ROUNDING))


def _count(raters: Iterable[FlaggedRater]) -> _Count:
    counts = Counter(rater.flagged_since_ms is not None for rater in raters)
    return _Count(counts.total(), counts[True])


def _review(vendor: str, site: str | None, inside: _Count, everybody: _Count, storm: StormPolicy) -> GroupReview | None:
    others = _Count(everybody.active - inside.active, everybody.flagged - inside.flagged)
    enough = min(inside.active, others.active) >= storm.group_active_raters
    stands_out = inside.flagged >= max(storm.group_flagged_raters, least_flagged(inside.active, storm))
    if enough and stands_out and others.flagged < least_flagged(others.active, storm):
        return GroupReview(vendor, site, *inside, *others)
    return None


def _rest_is_high(whole: GroupReview, site: GroupReview, storm: StormPolicy) -> bool:
    """Whether the vendor's raters outside the site are flagged as often; with nobody there the vendor is the site."""
    rest = whole.active_raters - site.active_raters
    return rest == 0 or whole.flagged_raters - site.flagged_raters >= least_flagged(rest, storm)
