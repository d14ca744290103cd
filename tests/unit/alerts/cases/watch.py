from tests.unit.alerts.cases.case import Case, Fired
from tests.unit.alerts.cases.series import OLD, UP, W1, counter

FAILING = Fired(
    "Messages do not reach pagerduty",
    "Alertmanager cannot deliver, or Prometheus cannot reach it. Other ways still work, or you would not read this.",
    {"integration": "pagerduty"},
)
RULES = Fired(
    "Some rules cannot be evaluated",
    "15 evaluations failed: an alert may be blind. Prometheus shows the error on /rules.",
)
CUT = Fired(
    "Some raters are missing from boards and alerts",
    "7 raters or findings were left out by the cap on series; findings are kept. "
    "Raise RATERWATCH_RATER_SERIES_CAP or add workers.",
)
BUDGET = Fired(
    "More raters were flagged wrongly than the policy allows",
    "In 7 days people cleared 4.0 times as many raters as the budget expects. Review the detectors before the raters.",
)
MUTED = Fired(
    "Detector copying is switched off",
    "The policy file switches it off, at least in one queue: raters it would find are not found.",
    {"detector": "copying"},
)
ALIVE = Fired("Alerts are alive", "This fires always. When it stops, rules or messages do not work any more.")


def failed(integration: str, values: str) -> dict[str, str]:
    return {f'alertmanager_notifications_failed_total{{integration="{integration}",job="alertmanager"}}': values}


def cleared(number: int, raters: int) -> dict[str, str]:
    return {
        **UP,
        **OLD,
        **counter("findings_decided", f"_x10 {number}x60", 'detector="changed",verdict="cleared"'),
        **counter("findings_decided", "_x10 90x60", 'detector="changed",verdict="confirmed"'),
        'raterwatch_active_raters{vendor="acme",queue="q",window="7d"}': f"{raters}x60",
    }


def muted(detector: str, values: str) -> dict[str, str]:
    return {f'raterwatch_detector_muted{{detector="{detector}",{W1}}}': values}


WATCH = (
    Case("NotificationsFailing", "fires when a way is blocked", failed("pagerduty", "0+5x60"), "20m", (FAILING,)),
    Case(
        "NotificationsFailing",
        "stays silent for a way that works again",
        failed("slack", "0x5 3x60") | failed("pagerduty", "0+5x60"),
        "20m",
        (FAILING,),
    ),
    Case("PrometheusRuleFailing", "fires", {"prometheus_rule_evaluation_failures_total": "0+1x60"}, "20m", (RULES,)),
    Case("PrometheusRuleFailing", "stays silent", {"prometheus_rule_evaluation_failures_total": "3x60"}, "20m"),
    Case("RaterSeriesTruncated", "fires", {f"raterwatch_rater_series_cut_raters{{{W1}}}": "7x60"}, "20m", (CUT,)),
    Case("RaterSeriesTruncated", "stays silent", {f"raterwatch_rater_series_cut_raters{{{W1}}}": "0x60"}, "20m"),
    Case("FalseFlagBudgetBurn", "fires when many are cleared", cleared(4, 1000), "20m", (BUDGET,)),
    Case("FalseFlagBudgetBurn", "stays silent within the budget", cleared(4, 10_000), "20m"),
    Case("FalseFlagBudgetBurn", "stays silent for one or two", cleared(2, 100), "20m"),
    Case("DetectorMuted", "fires for the one that is off", muted("copying", "1x90"), "80m", (MUTED,)),
    Case(
        "DetectorMuted",
        "stays silent for one that is on",
        muted("changed", "0x90") | muted("copying", "1x90"),
        "80m",
        (MUTED,),
    ),
    Case("Watchdog", "fires always", {"other": "1x9"}, "5m", (ALIVE,)),
)
