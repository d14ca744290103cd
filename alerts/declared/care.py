"""Care for raters who see hard content: to the wellness role only, and nobody is named."""

from alerts.deployment import Deployment
from alerts.model import Alert, Group
from alerts.thresholds import Thresholds


def care(t: Thresholds, _: Deployment) -> Group:
    """Near and over the limit, by queue and vendor."""
    keep = t["care_keep_minutes"].duration
    return Group(
        "care",
        __doc__ or "",
        (
            _exposure("ExposureNearLimit", "near", "is near its limit: please offer a break", keep),
            _exposure("ExposureOverLimit", "over", "is over its limit: please arrange relief", keep),
        ),
    )


def _exposure(name: str, level: str, said: str, keep: str) -> Alert:
    return Alert(
        name,
        "ticket",
        "care",
        f'sum by (queue, vendor) (raterwatch_care_raters{{level="{level}"}}) > 0',
        f"Exposure to hard content on {{{{ $labels.queue }}}} at {{{{ $labels.vendor }}}} {said}",
        "It concerns {{ $value | humanize }} within 24 h. Who it is stands on the Care board, for the wellness role.",
        keep=keep,
        about=("queue", "vendor"),
    )
