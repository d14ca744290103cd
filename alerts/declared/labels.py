"""Labels that may have to be made again."""

from alerts.declared.told import CRITICAL, WHO, told
from alerts.deployment import Deployment
from alerts.model import Alert, Group, Recording
from alerts.thresholds import Thresholds

_HOUR = "raterwatch:rater_judgments_1h:max"


def labels(t: Thresholds, _: Deployment) -> Group:
    """Counted by rater and then added up, so that a worker that dies takes nobody's labels out of the sum."""
    recent = f"last_over_time({_HOUR}[{t['labels_memory_minutes'].duration}])"
    critical = told(CRITICAL)
    return Group(
        "labels",
        __doc__ or "",
        (
            Recording(_HOUR, f'max by ({WHO}) (raterwatch_rater_judgments{{window="1h"}})'),
            Recording("raterwatch:spoilt_labels_1h:sum", f"sum by (queue) ({recent} and {critical})"),
            Alert(
                "SpoiltLabelsHigh",
                "page",
                "labels",
                f"raterwatch:spoilt_labels_1h:sum > {t['spoilt_labels_per_hour']}",
                "Queue {{ $labels.queue }}: labels of the last hour may have to be made again",
                "{{ $value | humanize }} labels of the last hour rest on raters with critical findings.",
                about=("queue",),
            ),
        ),
    )
