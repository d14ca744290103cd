from tests.unit.alerts.cases.case import Case, Fired


def crowd(queue: str, **vendors: tuple[int, int]) -> dict[str, str]:
    """Vendors with (active raters, flagged ones); the flagged ones answered 50 times today."""
    found: dict[str, str] = {}
    for vendor, (active, flagged) in vendors.items():
        found[f'raterwatch_active_raters{{vendor="{vendor}",queue="{queue}",window="24h"}}'] = f"{active}x1600"
        for n in range(flagged):
            who = f'rater="{vendor}-{n}",queue="{queue}",vendor="{vendor}"'
            found[f'raterwatch_rater_suspect{{{who},detector="inverted",mode="armed"}}'] = "1x1600"
            found[f'raterwatch_rater_judgments{{{who},window="24h"}}'] = "50x1600"
    return found


def at_site(queue: str, vendor: str, **sites: tuple[int, int]) -> dict[str, str]:
    """Where those flagged raters of a vendor work who have a site; on top of `crowd`, which knows no site."""
    found: dict[str, str] = {}
    flagged = 0
    for site, (active, here) in sites.items():
        found[f'raterwatch_site_active_raters{{vendor="{vendor}",queue="{queue}",site="{site}"}}'] = f"{active}x1600"
        for n in range(flagged, flagged + here):
            who = f'rater="{vendor}-{n}",queue="{queue}",vendor="{vendor}"'
            found[f'raterwatch_rater_suspect{{{who},detector="inverted",mode="armed",site="{site}"}}'] = "1x1600"
        flagged += here
    return found


def guideline(queue: str, flagged: str, active: str) -> Fired:
    return Fired(
        f"Queue {queue} needs review: guideline or known answers, before any rater",
        f"{flagged} of {active} active raters are flagged, at more than one vendor or with one answer. "
        "Alerts on single raters wait, for 24 h at most.",
        {"queue": queue},
    )


def held(queue: str) -> Fired:
    return Fired(
        f"Alerts on raters of {queue} wait while the queue is looked at",
        "So many raters are flagged that the queue is looked at first. After 24h they are sent anyway.",
        {"queue": queue},
    )


STORM = crowd("storm", acme=(10, 4), zenith=(10, 4), north=(10, 4))
SITE = crowd("site", acme=(10, 8), zenith=(15, 0), north=(15, 1))
# One site accounts for its vendor's flags; of the vendor without sites the whole; of the vendor with two sites both.
ONE_SITE = crowd("sites", acme=(20, 9), zenith=(25, 1), north=(25, 0)) | at_site(
    "sites", "acme", manila=(12, 8), cebu=(8, 1)
)
ALL_SITES = crowd("everywhere", acme=(24, 18), zenith=(25, 1), north=(25, 0)) | at_site(
    "everywhere", "acme", manila=(12, 9), cebu=(12, 9)
)
SMALL = crowd("small", acme=(10, 9), zenith=(9, 0))
FEW = crowd("few", acme=(20, 3), zenith=(20, 3))
# Flagged long ago and not at work any more: nobody's storm.
GONE = {
    series.replace("storm", "gone"): "0x1600" if "judgments" in series else values for series, values in STORM.items()
}

AGREEMENT_LOW = Fired(
    "Queue q needs review: raters agree too little to rest conclusions on",
    "Agreement beyond chance was 0.50 in 24 h; below 0.667 a guideline is usually read in several ways.",
    {"queue": "q"},
)
STOCK_LOW = Fired(
    "Queue q needs more items with a known answer",
    "A rater met 5 of them in 7 days: too few to notice a low accuracy in weeks.",
    {"queue": "q"},
)
COVERAGE_LOW = Fired(
    "Queue q: of some raters nothing can be said",
    "30% of its raters have neither peers nor known answers. Give their items a second rater, or mix known answers in.",
    {"queue": "q"},
)
GOLD_SUSPECT = Fired(
    "Queue q: some known answers need review",
    "Raters who are right elsewhere miss 3 known answers. Correct or withdraw them: "
    "everyone concerned is scored again.",
    {"queue": "q"},
)


SHIFTED = Fired(
    "Queue q needs review: its answers fit together otherwise than before",
    "Belief in the answers moved by -8%; a queue that stands still shows as much once in 17.52k hours. "
    "Guideline, items or tool may have changed.",
    {"queue": "q"},
)


def of(queue: str, window: str, values: dict[str, float]) -> dict[str, str]:
    labels = f'{{queue="{queue}",vendor="acme",window="{window}"}}'
    return {f"raterwatch_{name}{labels}": f"{value:g}x1600" for name, value in values.items()}


def agreement(queue: str, agreed: float, scored: float = 1000) -> dict[str, str]:
    numbers = {"agreed": agreed, "expected_agreed": scored / 2, "scored": scored}
    return of(queue, "24h", {f"quality_{name}_judgments": value for name, value in numbers.items()})


def stock(queue: str, gold: float, raters: float = 10, work: float = 5000) -> dict[str, str]:
    week = {"quality_gold_judgments": gold, "quality_judgments": work, "active_raters": raters}
    return of(queue, "7d", week) | of(queue, "lifetime", {"quality_gold_judgments": gold})


def coverage(queue: str, unknown: int, known: int) -> dict[str, str]:
    place = f'queue="{queue}",vendor="acme"'
    return {
        f'raterwatch_unknown_raters{{{place},reason="no_peers_no_gold"}}': f"{unknown}x1600",
        f'raterwatch_unknown_raters{{{place},reason="few_judgments"}}': "50x1600",
        f'raterwatch_raters{{{place},state="unknown"}}': f"{unknown}x1600",
        f'raterwatch_raters{{{place},state="ok"}}': f"{known}x1600",
    }


def suspects(queue: str, values: str) -> dict[str, str]:
    return {f'raterwatch_suspect_known_items{{queue="{queue}",instance="w1"}}': values}


def shifted(queue: str, hours: str, moved: float) -> dict[str, str]:
    return {
        f'raterwatch_queue_shift_rarity_hours{{queue="{queue}",instance="w1"}}': hours,
        f'raterwatch_queue_shift_ratio{{queue="{queue}",instance="w1"}}': f"{moved}x60",
    }


QUEUES = (
    Case(
        "QueueGuidelineSuspect",
        "fires when flags are spread over vendors, also after all workers died",
        {series: values.replace("x1600", "x5 stale") for series, values in STORM.items()},
        "1h",
        (guideline("storm", "12", "30"),),
    ),
    Case(
        "QueueGuidelineSuspect",
        "stays silent when one vendor explains the flags, with few raters, few flags, or people who left",
        STORM | SITE | SMALL | FEW | GONE,
        "10m",
        (guideline("storm", "12", "30"),),
    ),
    Case(
        "QueueGuidelineSuspect",
        "fires when a quarter gives one answer, whoever employs them",
        {
            series.replace("inverted", "constant_answer"): values
            for series, values in crowd("c", a=(10, 9), b=(20, 0)).items()
        },
        "10m",
        (guideline("c", "9", "30"),),
    ),
    Case("QueueRaterAlertsHeld", "fires with the storm", STORM | SITE, "10m", (held("storm"),)),
    Case(
        "QueueRaterAlertsHeld",
        "is silent after a day, while the queue's own alert goes on",
        STORM | {series.replace("storm", "late"): f"_x100 {values}" for series, values in STORM.items()},
        "1500m",
        (held("late"),),
        "10m",
    ),
    Case("QueueGuidelineSuspect", "fires on after a day", STORM, "1500m", (guideline("storm", "12", "30"),), "10m"),
    Case("QueueAgreementLow", "fires after hours below the bound", agreement("q", 750), "150m", (AGREEMENT_LOW,)),
    Case(
        "QueueAgreementLow",
        "stays silent above the bound or with few judgments",
        agreement("good", 900) | agreement("young", 250, 400) | agreement("q", 750),
        "150m",
        (AGREEMENT_LOW,),
    ),
    Case("GoldStockLow", "fires when raters meet few known answers", stock("q", 50), "7h", (STOCK_LOW,)),
    Case(
        "GoldStockLow",
        "stays silent with enough of them, without any ever, or early in the week",
        stock("rich", 500) | stock("none", 0) | stock("young", 50, work=500) | stock("q", 50),
        "7h",
        (STOCK_LOW,),
    ),
    Case("CoverageLow", "fires when many can never be judged", coverage("q", 30, 70), "7h", (COVERAGE_LOW,)),
    Case(
        "CoverageLow",
        "stays silent for few raters and for newcomers",
        coverage("fine", 4, 20) | coverage("large", 30, 970) | coverage("q", 30, 70),
        "7h",
        (COVERAGE_LOW,),
    ),
    Case("GoldItemSuspect", "fires when known answers are in doubt", suspects("q", "0x5 3x20"), "10m", (GOLD_SUSPECT,)),
    Case(
        "GoldItemSuspect",
        "stays silent when none is in doubt, or they were corrected a while ago",
        suspects("fine", "0x60") | suspects("corrected", "2x20 0x40") | suspects("q", "3x60"),
        "40m",
        (GOLD_SUSPECT,),
    ),
    Case("QueueLevelShifted", "fires when a level moved", shifted("q", "40x5 17520x55", -0.08), "10m", (SHIFTED,)),
    Case(
        "QueueLevelShifted",
        "stays silent for what a queue at rest shows in a month, and once the new level is the usual one",
        shifted("calm", "720x60", 0.03) | shifted("settled", "9000x20 0x40", 0.08) | shifted("q", "17520x60", -0.08),
        "40m",
        (SHIFTED,),
    ),
)
