"""The watching itself: are findings shown, rules evaluated, messages delivered, and is the budget kept?"""

from alerts.declared.events import happened
from alerts.deployment import Deployment
from alerts.model import Alert, Group
from alerts.thresholds import Thresholds
from stream.policy.declared import RATER_WEEKS


def watch(t: Thresholds, deployment: Deployment) -> Group:
    """What would make all other alerts worthless."""
    return Group("pipeline_watch", __doc__ or "", (*_delivery(t), *_findings(t, deployment)))


def watchdog(_: Thresholds, __: Deployment) -> Group:
    """Always firing; an outside heartbeat calls for help when it stops coming."""
    return Group(
        "watchdog",
        "Always firing: whoever receives it outside of this machine calls for help when it stops coming.",
        (
            Alert(
                "Watchdog",
                "info",
                "watchdog",
                "vector(1)",
                "Alerts are alive",
                "This fires always. When it stops, rules or messages do not work any more.",
            ),
        ),
    )


def _delivery(t: Thresholds) -> tuple[Alert, ...]:
    hold, span = t["failing_minutes"].duration, t["event_minutes"].duration
    failed = f"sum by (integration) (rate(alertmanager_notifications_failed_total[{hold}])) > 0"
    return (
        Alert(
            "NotificationsFailing",
            "page",
            "pipeline",
            f'{failed}\nor label_replace(sum(rate(prometheus_notifications_dropped_total[{hold}])) > 0, "integration", '
            '"alertmanager", "", "")',
            "Messages do not reach {{ $labels.integration }}",
            "Alertmanager cannot deliver, or Prometheus cannot reach it. Other ways still work, or you would not read "
            "this.",
            hold=hold,
            keep=hold,
            board="alerts",
        ),
        Alert(
            "PrometheusRuleFailing",
            "ticket",
            "pipeline",
            f"sum(increase(prometheus_rule_evaluation_failures_total[{span}])) > 0",
            "Some rules cannot be evaluated",
            "{{ $value | humanize }} evaluations failed: an alert may be blind. Prometheus shows the error on /rules.",
            board="alerts",
        ),
    )


def _findings(t: Thresholds, deployment: Deployment) -> tuple[Alert, ...]:
    allowed = deployment.policy.budget.honest_ticketed_per_10000_rater_weeks / RATER_WEEKS
    verdicts = happened("raterwatch_findings_decided_total", "7d", 'verdict="cleared"')
    cleared = f"sum({verdicts})"
    weeks = 'sum(raterwatch_active_raters{window="7d"})'
    return (
        Alert(
            "RaterSeriesTruncated",
            "ticket",
            "pipeline",
            "max(raterwatch_rater_series_cut_raters) > 0",
            "Some raters are missing from boards and alerts",
            "{{ $value | humanize }} raters or findings were left out by the cap on series; findings are kept. "
            "Raise RATERWATCH_RATER_SERIES_CAP or add workers.",
            hold=t["cut_minutes"].duration,
            keep=t["cut_minutes"].duration,
        ),
        Alert(
            "FalseFlagBudgetBurn",
            "ticket",
            "pipeline",
            f"{cleared} / {weeks} / {allowed:g} > {t['budget_share']}\nand {cleared} >= {t['budget_least_cleared']}",
            "More raters were flagged wrongly than the policy allows",
            'In 7 days people cleared {{ $value | printf "%.1f" }} times as many raters as the budget expects. '
            "Review the detectors before the raters.",
            board="alerts",
        ),
        Alert(
            "DetectorMuted",
            "info",
            "pipeline",
            "max by (detector) (raterwatch_detector_muted) == 1",
            "Detector {{ $labels.detector }} is switched off",
            "The policy file switches it off, at least in one queue: raters it would find are not found.",
            hold=t["muted_hours"].duration,
            board="alerts",
        ),
    )
