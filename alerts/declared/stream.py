"""The stream: do judgments come in, and do they come through?"""

from alerts.declared.events import happened
from alerts.deployment import Deployment
from alerts.model import Alert, Group
from alerts.thresholds import Thresholds

_UP = 'up{job="raterwatch"}'
_TOPIC = ("topic",)


def stream(t: Thresholds, _: Deployment) -> Group:
    """In the order of the data's way."""
    return Group(
        "pipeline_stream",
        __doc__ or "",
        (*_workers(t), _silent(t), _rejected(t), _lagging(t), _stalled(t), _halted(t)),
    )


def _workers(t: Thresholds) -> tuple[Alert, ...]:
    return (
        Alert(
            "WorkerDown",
            "page",
            "pipeline",
            f"absent({_UP} == 1)",
            "No raterwatch worker answers",
            "Judgments wait in Kafka and nothing is lost; findings and alerts stand still until a worker is back.",
            hold=t["down_minutes"].duration,
        ),
        Alert(
            "WorkerMissing",
            "ticket",
            "pipeline",
            f"count({_UP} == 0) > 0",
            "Some raterwatch workers do not answer",
            "{{ $value | humanize }} workers do not answer; the others have taken over their partitions.",
            hold=t["missing_minutes"].duration,
        ),
    )


def _silent(t: Thresholds) -> Alert:
    arrived = 'sum(increase(raterwatch_records_total{topic="judgments"}'
    span = t["silent_minutes"].duration
    return Alert(
        "IntakeSilent",
        "page",
        "pipeline",
        f"{arrived}[{span}])) == 0\nand {arrived}[{span}] offset 1w)) >= {t['silent_usual_judgments']}",
        "No judgments arrive any more",
        f"Nothing came for {span}, while a week ago there was work at this hour. The workers answer: look at the "
        "producers.",
    )


def _rejected(t: Thresholds) -> Alert:
    def in_span(name: str) -> str:
        return f"sum({happened(f'raterwatch_{name}_total', t['event_minutes'].duration)})"

    rejects, records = in_span("rejects"), in_span("records")
    return Alert(
        "RejectedEventsHigh",
        "ticket",
        "pipeline",
        f"{rejects} / ({records} + {rejects}) > {t['reject_share']}\nand {rejects} >= {t['reject_least_records']}",
        "Many records are refused",
        "{{ $value | humanizePercentage }} of the records are refused. Nothing is lost: they wait in "
        "judgments.rejected with their reason.",
        keep=t["event_minutes"].duration,
    )


def _lagging(t: Thresholds) -> Alert:
    return Alert(
        "StreamLagging",
        "ticket",
        "pipeline",
        f"sum by (topic) (raterwatch_lag_records) > {t['lag_records']}",
        "Numbers of raters are late: {{ $labels.topic }} is behind",
        "{{ $value | humanize }} records of {{ $labels.topic }} wait to be counted.",
        hold=t["lag_minutes"].duration,
        keep=t["lag_minutes"].duration,
        about=_TOPIC,
    )


def _stalled(t: Thresholds) -> Alert:
    return Alert(
        "StreamStalled",
        "page",
        "pipeline",
        "sum by (topic) (raterwatch_lag_records) > 0\n"
        f"unless sum by (topic) (increase(raterwatch_committed_records_total[{t['stalled_minutes'].duration}])) > 0",
        "Numbers of raters stand still: {{ $labels.topic }} is not committed any more",
        "{{ $value | humanize }} records of {{ $labels.topic }} wait, and no commit succeeds.",
        hold=t["stalled_minutes"].duration,
        keep=t["stalled_minutes"].duration,
        about=_TOPIC,
    )


def _halted(t: Thresholds) -> Alert:
    return Alert(
        "PartitionHalted",
        "page",
        "pipeline",
        "max by (topic, partition) (raterwatch_shard_halted) == 1",
        "Partition {{ $labels.partition }} of {{ $labels.topic }} waits for a person",
        "It stopped on purpose, so that nothing is counted wrongly; /readyz of its worker says why and what to do.",
        hold=t["halted_minutes"].duration,
        keep=t["halted_minutes"].duration,
        about=_TOPIC,
    )
