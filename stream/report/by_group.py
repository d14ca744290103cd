"""Whether flags fall on one vendor, locale, site or tenure more than on the others."""

from collections.abc import Callable, Sequence

import msgspec

from stream.quality.measures import Interval
from stream.report.flag_scores import flag_scores, share
from stream.report.standing import LONGEST_TENURE, TENURES, Standing

MUCH = 1.25  # times the rest's flag rate: product.md's line for a warning
UNTOLD = "not told"

_GROUPINGS: dict[str, Callable[[Standing], str | None]] = {
    "vendor": lambda found: found.vendor,
    "locale": lambda found: found.locale,
    "site": lambda found: found.site,
    "tenure": lambda found: found.tenure,
}
_TENURE_ORDER = {name: at for at, name in enumerate([*(name for _, name in TENURES), LONGEST_TENURE, UNTOLD])}


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Raters on queues of one vendor, locale, site or tenure; intervals are Wilson's, 95 %."""

    by: str
    name: str
    raters: int
    flagged: int
    rate: Interval | None
    rest_rate: Interval | None  # of everybody else; None when there is nobody else
    precision: Interval | None  # of the flagged whose truth is known, those below the bar
    warning: bool  # flagged more than 1.25 times as often as the rest
    maybe_chance: bool  # of a warning: the two intervals overlap


def by_group(standings: Sequence[Standing]) -> list[Group]:
    """All groups of all four kinds; a kind that the log tells nothing of is left out."""
    return [
        _group(by, name, [found for found in standings if (of(found) or UNTOLD) == name], standings)
        for by, of in _GROUPINGS.items()
        if any(of(found) for found in standings)
        for name in sorted({of(found) or UNTOLD for found in standings}, key=_order)
    ]


def _order(name: str) -> tuple[int, str]:
    return _TENURE_ORDER.get(name, 0), name


def _group(by: str, name: str, members: Sequence[Standing], everybody: Sequence[Standing]) -> Group:
    flagged, all_flagged = (sum(found.is_flagged for found in some) for some in (members, everybody))
    rate = share(flagged, len(members))
    rest = share(all_flagged - flagged, len(everybody) - len(members))
    warning = rate is not None and rest is not None and rate.value > MUCH * rest.value
    return Group(
        by=by,
        name=name,
        raters=len(members),
        flagged=flagged,
        rate=rate,
        rest_rate=rest,
        precision=flag_scores(members).precision,
        warning=warning,
        maybe_chance=warning and rate is not None and rest is not None and rate.low <= rest.high,
    )
