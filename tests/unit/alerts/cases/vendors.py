from tests.unit.alerts.cases.case import Case, Fired
from tests.unit.alerts.cases.queues import ALL_SITES, FEW, ONE_SITE, SITE, SMALL, STORM

REVIEW = Fired(
    "acme on site needs review: unusual pattern at one place",
    "8 of its active raters there are flagged while the others on the queue agree.",
    {"vendor": "acme", "queue": "site"},
)


AT_SITE = Fired(
    "acme, site manila, on sites needs review: unusual pattern at one place",
    "8 of its active raters there are flagged while the others on the queue agree.",
    {"vendor": "acme", "queue": "sites", "site": "manila"},
)
AT_ALL_SITES = Fired(
    "acme on everywhere needs review: unusual pattern at one place",
    "18 of its active raters there are flagged while the others on the queue agree.",
    {"vendor": "acme", "queue": "everywhere"},
)


def contract(vendor: str, target: float = 0.95, period: str = "month") -> dict[str, str]:
    labels = f'vendor="{vendor}",queue="q",period="{period}"'
    return {f'raterwatch_contract_target_ratio{{{labels},instance="{w}"}}': f"{target}x900" for w in ("w1", "w2")}


def checked(vendor: str, gold: int, wrong: int, *, audited: int = 0, overturned: int = 0) -> dict[str, str]:
    """The same in every window, half of it on each of two workers."""
    numbers = {
        "gold": gold,
        "gold_right": gold - wrong,
        "random_audited": audited,
        "random_overturned": overturned,
    }
    return {
        f'raterwatch_quality_{name}_judgments{{vendor="{vendor}",queue="q",window="{window}",instance="{w}"}}': (
            f"{number / 2:g}x900"
        )
        for name, number in numbers.items()
        for window in ("24h", "7d", "lifetime")
        for w in ("w1", "w2")
    }


def below(vendor: str, over: str, times: str) -> Fired:
    return Fired(
        f"{vendor} needs review: quality over the {over} lies below the contract",
        "On random audits and items with a known answer at least "
        f"{times} times as many were wrong as the contract allows.",
        {"vendor": vendor, "over": over},
    )


def delivered(vendor: str, before: str, now: str) -> dict[str, str]:
    return {f'raterwatch_quality_judgments{{vendor="{vendor}",queue="q",window="1h"}}': f"{before}x1007 {now}x10"}


def cost(vendor: str, spent: float, costed: int = 1000) -> dict[str, str]:
    labels = f'{{vendor="{vendor}",queue="q",window="7d"}}'
    return {
        f"raterwatch_quality_cost{labels}": f"{spent}x900",
        f"raterwatch_quality_costed_judgments{labels}": f"{costed}x900",
        f'raterwatch_contract_cost_per_correct_max{{vendor="{vendor}"}}': "0.06x900",
    }


DROP = Fired("acme delivers less than usual", "25% of the judgments of the same hour a week ago.", {"vendor": "acme"})
COST_HIGH = Fired(
    "acme: a correct judgment costs more than agreed",
    "It cost 0.0625 in 7 days, in the currency of the contract.",
    {"vendor": "acme"},
)

VENDORS = (
    Case("VendorNeedsReview", "fires for one vendor while the others agree", SITE, "10m", (REVIEW,)),
    Case(
        "VendorNeedsReview",
        "names the site that accounts for its vendor's flags, and the vendor where it is more than one",
        ONE_SITE | ALL_SITES,
        "10m",
        (AT_SITE, AT_ALL_SITES),
    ),
    Case(
        "VendorNeedsReview",
        "stays silent in a storm, with few raters, and with few flags",
        STORM | SMALL | FEW | SITE,
        "10m",
        (REVIEW,),
    ),
    Case(
        "VendorQualityBelowContract",
        "fires over day, week and period, each at its burn",
        contract("acme") | checked("acme", 400, 80) | contract("borea") | checked("borea", 900, 90),
        "10m",
        (
            below("acme", "day", "3.4"),
            below("acme", "week", "3.4"),
            below("acme", "period", "3.4"),
            below("borea", "week", "1.7"),
            below("borea", "period", "1.7"),
        ),
    ),
    Case(
        "VendorQualityBelowContract",
        "stays silent where luck explains it, few were checked, or nothing was agreed on",
        {
            **(contract("lucky") | checked("lucky", 400, 24)),
            **(contract("few") | checked("few", 150, 60)),
            **checked("free", 400, 200),
            **(contract("borea") | checked("borea", 900, 90)),
        },
        "10m",
        (below("borea", "week", "1.7"), below("borea", "period", "1.7")),
    ),
    Case(
        "VendorQualityBelowContract",
        "fires on random audits alone",
        contract("acme") | checked("acme", 0, 0, audited=900, overturned=90),
        "10m",
        (below("acme", "week", "1.7"), below("acme", "period", "1.7")),
    ),
    Case(
        "VendorThroughputDrop",
        "fires when an hour brings less than half of the same hour a week ago",
        delivered("acme", "400", "100"),
        f"{10080 + 40}m",
        (DROP,),
        "10m",
    ),
    Case(
        "VendorThroughputDrop",
        "stays silent for a small drop and for hours in which nobody works",
        delivered("steady", "400", "300") | delivered("night", "100", "0") | delivered("acme", "400", "100"),
        f"{10080 + 40}m",
        (DROP,),
        "10m",
    ),
    Case(
        "VendorCostPerCorrectHigh",
        "fires when what is right costs more than agreed",
        contract("acme") | checked("acme", 400, 80) | cost("acme", 50),
        "10m",
        (COST_HIGH,),
    ),
    Case(
        "VendorCostPerCorrectHigh",
        "stays silent at the agreed price and with few costed judgments",
        {
            **(contract("fair") | checked("fair", 400, 80) | cost("fair", 45)),
            **(contract("few") | checked("few", 400, 80) | cost("few", 20, 400)),
            **(contract("acme") | checked("acme", 400, 80) | cost("acme", 50)),
        },
        "10m",
        (COST_HIGH,),
    ),
)
