"""Labels that may have to be made again, and care for those who make them."""

from tests.unit.alerts.cases.case import Case, Fired


def working(queue: str, raters: int, judgments: int, *, critical: bool = True, ends: str = "x60") -> dict[str, str]:
    found: dict[str, str] = {}
    for n in range(raters):
        who = f'rater="r{n}",queue="{queue}",vendor="acme"'
        found[f'raterwatch_rater_judgments{{{who},window="1h",instance="w{n % 2}"}}'] = f"{judgments}{ends}"
        finding = f'{who},detector="constant_answer",mode="armed",instance="w{n % 2}"'
        found[f"raterwatch_rater_critical{{{finding}}}"] = f"{int(critical)}{ends}"
    return found


def spoilt(queue: str, labels: str) -> Fired:
    return Fired(
        f"Queue {queue}: labels of the last hour may have to be made again",
        f"{labels} labels of the last hour rest on raters with critical findings.",
        {"queue": queue},
    )


def exposed(vendor: str, level: str, values: str) -> dict[str, str]:
    return {f'raterwatch_care_raters{{vendor="{vendor}",queue="violence",level="{level}"}}': values}


def care(said: str) -> Fired:
    return Fired(
        f"Exposure to hard content on violence at acme {said}",
        "It concerns 2 within 24 h. Who it is stands on the Care board, for the wellness role.",
        {"queue": "violence", "vendor": "acme"},
    )


NEAR, OVER = care("is near its limit: please offer a break"), care("is over its limit: please arrange relief")

PEOPLE = (
    Case("SpoiltLabelsHigh", "fires for many labels", working("q", 3, 80), "10m", (spoilt("q", "240"),)),
    Case(
        "SpoiltLabelsHigh",
        "fires on when workers died",
        working("q", 3, 80, ends="x5 stale"),
        "12m",
        (spoilt("q", "240"),),
    ),
    Case(
        "SpoiltLabelsHigh",
        "stays silent for few labels and for findings that are not critical",
        working("few", 2, 80) | working("ticket", 5, 80, critical=False) | working("q", 3, 80),
        "10m",
        (spoilt("q", "240"),),
    ),
    Case("ExposureNearLimit", "fires", exposed("acme", "near", "2x60"), "10m", (NEAR,)),
    Case(
        "ExposureNearLimit",
        "stays silent at other levels",
        exposed("zenith", "over", "1x60") | exposed("acme", "near", "2x60"),
        "10m",
        (NEAR,),
    ),
    Case("ExposureOverLimit", "fires", exposed("acme", "over", "2x60"), "10m", (OVER,)),
    Case(
        "ExposureOverLimit",
        "stays silent at other levels",
        exposed("zenith", "near", "1x60") | exposed("acme", "over", "2x60"),
        "10m",
        (OVER,),
    ),
)
