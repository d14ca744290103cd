"""Raters who need review, and the storm guard that holds their alerts back when the queue is to blame.

One group, because it is evaluated in order: the hold is known before the alerts that it holds.
"""

from alerts.declared.readings import rater_readings
from alerts.declared.storm import STORM, storm_recordings
from alerts.declared.told import CRITICAL, MEMORY, SUSPECT, WHO, told
from alerts.deployment import Deployment
from alerts.model import Alert, Group, Recording
from alerts.thresholds import Thresholds

_SUBJECT = "{{ $labels.rater }} on {{ $labels.queue }} ({{ $labels.vendor }})"
_ABOUT = ("rater", "queue", "vendor")


def raters(_: Thresholds, deployment: Deployment) -> Group:
    """The newest value of any worker counts, for as long as the memory lasts: a worker that dies clears nobody, and a
    worker that says 0 clears at once, whatever a dead one said before.
    """
    return Group("raters", __doc__ or "", (*_seen(), *storm_recordings(deployment), *_alerts(deployment)))


def _seen() -> tuple[Recording, ...]:
    return (
        Recording(SUSPECT, f'max by ({WHO}, detector) (raterwatch_rater_suspect{{mode="armed"}})'),
        Recording(CRITICAL, f'max by ({WHO}) (raterwatch_rater_critical{{mode="armed"}})'),
    )


def _alerts(deployment: Deployment) -> tuple[Alert, ...]:
    hours = f"{deployment.policy.storm.inhibit_hours:g}h"
    held = f"{STORM} == 1\nunless (min_over_time({STORM}[{hours}]) == 1 and {STORM} offset {hours} == 1)"
    return (
        Alert(
            "QueueRaterAlertsHeld",
            "info",
            "queue",
            held,
            "Alerts on raters of {{ $labels.queue }} wait while the queue is looked at",
            f"So many raters are flagged that the queue is looked at first. After {hours} they are sent anyway.",
            about=("queue",),
        ),
        Alert(
            "RaterCritical",
            "ticket",
            "rater",
            told(CRITICAL),
            f"{_SUBJECT} needs review today: the pattern is beyond doubt",
            rater_readings(SUSPECT, MEMORY),
            about=_ABOUT,
        ),
        Alert(
            "RaterNeedsReview",
            "ticket",
            "rater",
            told(f'{SUSPECT}{{detector!="copying"}}'),
            f"{_SUBJECT} needs review",
            rater_readings(SUSPECT, MEMORY),
            about=_ABOUT,
        ),
        Alert(
            "SharedAnswersNeedReview",
            "ticket",
            "rater",
            told(f'{SUSPECT}{{detector="copying"}}'),
            f"{_SUBJECT} needs review: unusually many answers are those of one other rater",
            rater_readings(SUSPECT, MEMORY),
            about=_ABOUT,
        ),
    )
