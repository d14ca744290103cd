"""Daily facts: are they followed before Kafka drops the log?"""

from alerts.deployment import Deployment
from alerts.model import Alert, Group
from alerts.thresholds import Thresholds
from stream.telemetry import facts as metrics


def facts(t: Thresholds, _: Deployment) -> Group:
    """What the process of facts says of itself. Where none runs, nothing fires."""
    return Group("pipeline_facts", __doc__ or "", (_lagging(t),))


def _lagging(t: Thresholds) -> Alert:
    # A process that halts is started again and again, and answers in between: only what it says of its place counts.
    return Alert(
        "FactsLagging",
        "ticket",
        "pipeline",
        f'max(up{{job="facts"}})\nunless max({metrics.BEHIND.name}) <= {t["facts_behind_minutes"].seconds:g}',
        "Daily facts are not written",
        "The process of facts does not answer, halts, or is more than an hour behind. Nothing is lost as long as Kafka "
        "keeps the log; boards and alerts are not concerned.",
        hold=t["facts_down_minutes"].duration,
    )
