"""Vendors against their contract, the others of a queue, their own last week, and their price.

Quality counts on known answers and random audits only; what is compared with the budget is the lower bound of the wrong
share, so that luck with few of them does not fire.
"""

from alerts.declared.storm import PLACES
from alerts.deployment import Deployment
from alerts.model import Alert, Group, Recording
from alerts.thresholds import Thresholds

_CHECKED, _WRONG = "raterwatch:checked:sum", "raterwatch:wrong:sum"
_TARGET = "max by (vendor, queue) (raterwatch_contract_target_ratio)"
_HOUR = "raterwatch:vendor_judgments_1h:sum"
_PERIOD_DAYS = {"week": 7, "month": 30}  # a quarter is watched as a month: Prometheus remembers no longer


def vendors(t: Thresholds, _: Deployment) -> Group:
    """The vendor's own alerts."""
    hour = 'sum by (vendor) (raterwatch_quality_judgments{window="1h"})'
    return Group(
        "vendors",
        __doc__ or "",
        (*_checks(), *_spans(t), Recording(_HOUR, hour), _needs_review(), _below_contract(t), _throughput(t), _cost(t)),
    )


def _checks() -> tuple[Recording, ...]:
    def of(name: str) -> str:
        windows = '{window=~"24h|7d|lifetime"}'
        return f"sum by (vendor, queue, window) (raterwatch_quality_{name}_judgments{windows})"

    missed = f"({of('gold')} - {of('gold_right')} or {of('gold')} * 0)"
    overturned = f"({of('random_overturned')} or {of('random_audited')} * 0)"
    return (
        Recording(_CHECKED, f"{of('gold')} + {of('random_audited')}"),
        Recording(_WRONG, f"{missed}\n+ {overturned}"),
    )


def _spans(t: Thresholds) -> tuple[Recording, ...]:
    found: list[Recording] = []
    for span in ("day", "week", "period"):
        checked, wrong = (_over(series, span) for series in (_CHECKED, _WRONG))
        n, e, allowed = (f"raterwatch:vendor_{name}_{span}:sum" for name in ("checked", "wrong", "allowed"))
        found += [
            Recording(n, f"sum by (vendor) ({checked} and on (vendor, queue) {_TARGET})"),
            Recording(e, f"sum by (vendor) ({wrong} and on (vendor, queue) {_TARGET})"),
            Recording(allowed, f"sum by (vendor) ({checked} * on (vendor, queue) group_left () (1 - {_TARGET}))"),
            Recording(f"raterwatch:vendor_burn_low_{span}:ratio", f"{_wilson_low(e, n, t)} * {n} / ({allowed} > 0)"),
        ]
    return tuple(found)


def _over(series: str, span: str) -> str:
    """What a span holds; a period is the difference of lifetimes, or all there is where it began less long ago."""
    if span != "period":
        return f'{series}{{window="{ {"day": "24h", "week": "7d"}[span] }"}}'
    life = f'{series}{{window="lifetime"}}'
    parts = [
        f"(({life} - {life} offset {days}d or {life}) and on (vendor, queue) {_of_period(period)})"
        for period, days in _PERIOD_DAYS.items()
    ]
    return f"clamp_min({parts[0]} or {parts[1]}, 0)"


def _of_period(period: str) -> str:
    which = f'period="{period}"' if period == "week" else 'period!="week"'
    return f"raterwatch_contract_target_ratio{{{which}}}"


def _wilson_low(wrong: str, n: str, t: Thresholds) -> str:
    """Lower bound of a share, after Wilson (1927)."""
    z, e = t["contract_z"], f"clamp_max({wrong}, 1e12)"
    return (
        f"(({e} + {z} ^ 2 / 2 - {z} * sqrt(clamp_min({e} * ({n} - {e}) / ({n} > 0), 0) + {z} ^ 2 / 4))"
        f" / ({n} + {z} ^ 2))"
    )


def _needs_review() -> Alert:
    return Alert(
        "VendorNeedsReview",
        "ticket",
        "vendor",
        PLACES,
        "{{ $labels.vendor }}{{ with $labels.site }}, site {{ . }},{{ end }} on {{ $labels.queue }} needs review: "
        "unusual pattern at one place",
        "{{ $value | humanize }} of its active raters there are flagged while the others on the queue agree.",
        about=("vendor", "queue"),
    )


def _below_contract(t: Thresholds) -> Alert:
    spans = [
        f"label_replace(raterwatch:vendor_burn_low_{span}:ratio > {t['contract_burn_' + span]}\n"
        f'  and raterwatch:vendor_checked_{span}:sum >= {t["contract_least_checked"]}, "over", "{span}", "", "")'
        for span in ("day", "week", "period")
    ]
    return Alert(
        "VendorQualityBelowContract",
        "ticket",
        "vendor",
        "\nor ".join(spans),
        "{{ $labels.vendor }} needs review: quality over the {{ $labels.over }} lies below the contract",
        "On random audits and items with a known answer at least "
        '{{ $value | printf "%.1f" }} times as many were wrong as the contract allows.',
        keep=t["vendor_keep_minutes"].duration,
        about=("vendor",),
    )


def _throughput(t: Thresholds) -> Alert:
    return Alert(
        "VendorThroughputDrop",
        "ticket",
        "vendor",
        f"{_HOUR} / ({_HOUR} offset 1w >= {t['throughput_least_judgments']}) < {t['throughput_low_share']}",
        "{{ $labels.vendor }} delivers less than usual",
        "{{ $value | humanizePercentage }} of the judgments of the same hour a week ago.",
        hold=t["throughput_minutes"].duration,
        keep=t["vendor_keep_minutes"].duration,
        about=("vendor",),
    )


def _cost(t: Thresholds) -> Alert:
    cost, costed = (
        f'sum by (vendor) (raterwatch_quality_{name}{{window="7d"}})' for name in ("cost", "costed_judgments")
    )
    right = "(1 - raterwatch:vendor_wrong_week:sum / raterwatch:vendor_checked_week:sum)"
    enough = f"{costed} >= {t['cost_least_judgments']}\nand raterwatch:vendor_checked_week:sum"
    return Alert(
        "VendorCostPerCorrectHigh",
        "ticket",
        "vendor",
        f"{cost} / {costed} / {right}\n> max by (vendor) (raterwatch_contract_cost_per_correct_max)\n"
        f"and {enough} >= {t['contract_least_checked']}",
        "{{ $labels.vendor }}: a correct judgment costs more than agreed",
        'It cost {{ $value | printf "%.4f" }} in 7 days, in the currency of the contract.',
        keep=t["vendor_keep_minutes"].duration,
        about=("vendor",),
    )
