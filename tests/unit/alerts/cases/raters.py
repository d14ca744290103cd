from tests.unit.alerts.cases.case import Case, Fired

WHO = {"rater": "rkx-a", "queue": "q", "vendor": "acme"}
ONE = 'rater="rkx-a",queue="q",vendor="acme"'
TWO = 'rater="rkx-b",queue="q",vendor="acme"'
SEEN_ONE = (
    "Seen: constant answer. Agreement beyond chance over the last 50: -0.02 (95 % interval -0.15 to 0.11). "
    "On items with a known answer in 7 days: 0.45 (95 % interval 0.30 to 0.61)."
)


def finding(metric: str, who: str, detector: str, *, mode: str = "armed", instance: str = "w1") -> str:
    return f'raterwatch_rater_{metric}{{{who},detector="{detector}",mode="{mode}",instance="{instance}"}}'


def measures(who: str) -> dict[str, str]:
    found = {"skill": ("last50", -0.02, -0.15, 0.11), "gold_accuracy": ("7d", 0.45, 0.3, 0.61)}
    return {
        f'raterwatch_rater_{name}{end}_ratio{{{who},window="{window}",instance="w1"}}': f"{value}x800"
        for name, (window, *values) in found.items()
        for end, value in zip(("", "_low", "_high"), values, strict=True)
    }


def needs_review(rater: str, seen: str) -> Fired:
    return Fired(f"{rater} on q (acme) needs review", seen, WHO | {"rater": rater})


CRITICAL = Fired("rkx-a on q (acme) needs review today: the pattern is beyond doubt", SEEN_ONE, WHO)
SHARED = Fired(
    "rkx-a on q (acme) needs review: unusually many answers are those of one other rater",
    "Seen: answers shared with one rater.",
    WHO,
)
NAMED = needs_review("rkx-b", "Seen: known answers, unrelated to peers.")

RATERS = (
    Case(
        "RaterNeedsReview",
        "fires for each rater with an armed finding, and says what was seen with its interval",
        {
            finding("suspect", ONE, "constant_answer"): "0x2 1x20",
            finding("suspect", TWO, "known_answers"): "1x20",
            finding("suspect", TWO, "unrelated_to_peers"): "1x20",
            **measures(ONE),
        },
        "1m",
        (needs_review("rkx-a", SEEN_ONE), NAMED),
        "10s",
    ),
    Case(
        "RaterNeedsReview",
        "stays silent for what is in shadow, was cleared, or is shared answers only",
        {
            finding("suspect", ONE, "constant_answer", mode="shadow"): "1x20",
            finding("suspect", 'rater="rkx-c",queue="q",vendor="acme"', "known_answers"): "1x3 0x20",
            finding("suspect", 'rater="rkx-d",queue="q",vendor="acme"', "copying"): "1x20",
            finding("suspect", TWO, "known_answers"): "1x20",
            finding("suspect", TWO, "unrelated_to_peers"): "1x20",
        },
        "1m",
        (NAMED,),
        "10s",
    ),
    Case(
        "RaterNeedsReview",
        "fires on after its worker died, for as long as nobody says otherwise",
        {finding("suspect", ONE, "constant_answer"): "1x3 stale", **measures(ONE)},
        "1h",
        (needs_review("rkx-a", SEEN_ONE),),
        "10s",
    ),
    Case(
        "RaterNeedsReview",
        "is silent two evaluations after a clearing, whatever a dead worker said last and who took over since",
        {
            finding("suspect", ONE, "known_answers", instance="w1"): "1x6 stale",
            finding("suspect", ONE, "known_answers", instance="w2"): "_x8 1x6 0x6 stale",
            finding("suspect", TWO, "known_answers"): "1x400",
            finding("suspect", TWO, "unrelated_to_peers"): "1x400",
        },
        "40m",
        (NAMED,),
        "10s",
    ),
    Case(
        "RaterNeedsReview",
        "is silent in the second evaluation after a corrected known answer",
        {
            finding("suspect", ONE, "known_answers"): "1x5 0x20",
            finding("suspect", TWO, "known_answers"): "1x20",
            finding("suspect", TWO, "unrelated_to_peers"): "1x20",
        },
        "70s",
        (NAMED,),
        "10s",
    ),
    Case(
        "RaterCritical",
        "fires while a finding is critical, also after its worker died",
        {
            finding("suspect", ONE, "constant_answer"): "1x3 stale",
            finding("critical", ONE, "constant_answer"): "1x3 stale",
            **measures(ONE),
        },
        "5m",
        (CRITICAL,),
        "10s",
    ),
    Case(
        "RaterCritical",
        "stays silent for a finding that is not critical any more, or is in shadow",
        {
            finding("critical", TWO, "constant_answer"): "1x3 0x20",
            finding("critical", 'rater="rkx-c",queue="q",vendor="acme"', "inverted", mode="shadow"): "1x20",
            finding("suspect", ONE, "constant_answer"): "1x20",
            finding("critical", ONE, "constant_answer"): "1x20",
            **measures(ONE),
        },
        "2m",
        (CRITICAL,),
        "10s",
    ),
    Case(
        "SharedAnswersNeedReview",
        "fires for answers that agree with one partner's",
        {finding("suspect", ONE, "copying"): "1x20"},
        "1m",
        (SHARED,),
        "10s",
    ),
    Case(
        "SharedAnswersNeedReview",
        "stays silent for other findings",
        {finding("suspect", TWO, "constant_answer"): "1x20", finding("suspect", ONE, "copying"): "1x20"},
        "1m",
        (SHARED,),
        "10s",
    ),
)
