"""Cases: is somebody looking, do messages arrive, and are the detectors right often enough?"""

from alerts.deployment import Deployment
from alerts.escalation import metrics
from alerts.model import Alert, Group
from alerts.thresholds import Thresholds


def cases(t: Thresholds, _: Deployment) -> Group:
    """What the case service says of itself."""
    return Group("pipeline_cases", __doc__ or "", (*_service(t), *_waiting(t), _precision(t)))


def _service(t: Thresholds) -> tuple[Alert, ...]:
    hold = t["cases_down_minutes"].duration
    return (
        Alert(
            "CaseServiceDown",
            "page",
            "pipeline",
            f'max(up{{job="escalation"}}) == 0\nor max({metrics.DATABASE_UP.name}) == 0',
            "The case service does not work",
            "It does not answer, or its database does not. Findings wait in Kafka and nothing is lost, but nobody is "
            "told, and no appeal is taken.",
            hold=hold,
            board="cases",
        ),
        Alert(
            "DecisionsNotSent",
            "ticket",
            "pipeline",
            f"max({metrics.DECISIONS_OWED.name}) > 0",
            "Decisions do not reach the stream",
            "{{ $value | humanize }} verdicts, audits or corrected answers wait for Kafka: raters are not scored "
            "again.",
            hold=hold,
            board="cases",
        ),
        Alert(
            "DeliveriesFailed",
            "ticket",
            "pipeline",
            f'sum by (channel) ({metrics.DELIVERIES.name}{{state="dead"}}) > 0',
            "Messages by {{ $labels.channel }} were sent in vain",
            "{{ $value | humanize }} messages were given up after a day of trying. The deadlines behind them stand "
            "still; the desk lists them and sends them again.",
            board="cases",
        ),
    )


def _waiting(t: Thresholds) -> tuple[Alert, ...]:
    return (
        Alert(
            "CaseBacklog",
            "ticket",
            "pipeline",
            f'max({metrics.CASES_OLDEST.name}{{state="open"}}) > {t["case_waiting_days"].seconds:g}',
            "Cases wait for somebody to look",
            "The oldest has waited for {{ $value | humanizeDuration }}. A rater's finding that nobody looks at helps "
            "nobody.",
            board="cases",
        ),
        Alert(
            "AppealLate",
            "ticket",
            "pipeline",
            f'sum({metrics.CASES_LATE.name}{{due="reply"}}) > 0',
            "Appeals wait for a reply longer than was promised",
            "{{ $value | humanize }} cases. Somebody stands by an answer and waits for a person to say something.",
            board="cases",
        ),
    )


def _precision(t: Thresholds) -> Alert:
    return Alert(
        "DetectorOnlyWatches",
        "ticket",
        "pipeline",
        f"max by (detector) ({metrics.DETECTOR_WATCHES.name}) == 1",
        "Detector {{ $labels.detector }} opens no cases any more",
        "People cleared too many of its findings. They still stand on the boards; review the detector before the "
        "raters.",
        hold=t["event_minutes"].duration,
        board="cases",
    )
