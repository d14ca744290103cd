"""Raters who need review, and the storm guard that holds their alerts back when the queue is to blame.

One group, because it is evaluated in order: the hold is known before the alerts that it holds.
"""

from alerts.declared.readings import rater_readings
from alerts.deployment import Deployment
from alerts.model import Alert, Group, Recording
from alerts.thresholds import Thresholds
from stream.telemetry.options import BoardOptions

WHO = "rater, queue, vendor"
_ACTIVE_NOW, ACTIVE = "raterwatch:active_raters_now:sum", "raterwatch:active_raters:sum"
FLAGGED = "raterwatch:flagged_raters:count"
CONSTANT = "raterwatch:constant_raters:count"
STANDS_OUT = "raterwatch:vendor_stands_out:raters"
STORM = "raterwatch:queue_storm:bool"
_SUSPECT, _CRITICAL = "raterwatch:rater_suspect:max", "raterwatch:rater_critical:max"
_DAY = "raterwatch:rater_judgments_24h:max"
_SUBJECT = "{{ $labels.rater }} on {{ $labels.queue }} ({{ $labels.vendor }})"
_ABOUT = ("rater", "queue", "vendor")


# A worker exports a cleared rater's 0 for so long; a restart or a takeover is over long before.
MEMORY = f"{BoardOptions().cleared_for_s}s"


def raters(_: Thresholds, deployment: Deployment) -> Group:
    """The newest value of any worker counts, for as long as the memory lasts: a worker that dies clears nobody, and a
    worker that says 0 clears at once, whatever a dead one said before.
    """
    return Group("raters", __doc__ or "", (*_seen(), *_storm(deployment), *_alerts(deployment)))


def told(series: str) -> str:
    """Whom the newest value of a recorded series names."""
    return f"max by ({WHO}) (last_over_time({series}[{MEMORY}])) == 1"


def _seen() -> tuple[Recording, ...]:
    day = 'raterwatch_rater_judgments{window="24h"}'
    return (
        Recording(_SUSPECT, f'max by ({WHO}, detector) (raterwatch_rater_suspect{{mode="armed"}})'),
        Recording(_CRITICAL, f'max by ({WHO}) (raterwatch_rater_critical{{mode="armed"}})'),
        Recording(_DAY, f"max by ({WHO}) ({day})"),
        Recording(_ACTIVE_NOW, 'sum by (vendor, queue) (raterwatch_active_raters{window="24h"})'),
        Recording(ACTIVE, f"max_over_time({_ACTIVE_NOW}[{MEMORY}])"),
    )


def _storm(deployment: Deployment) -> tuple[Recording, ...]:
    storm = deployment.policy.storm
    share, constant = f"{storm.flagged_share:g}", f"{storm.constant_share:g}"
    active = f"last_over_time({_DAY}[{MEMORY}]) >= {storm.active_judgments}"
    others_active = f"(sum by (queue) ({ACTIVE}) - on (queue) group_right () {ACTIVE})"
    others_flagged = f"(sum by (queue) ({FLAGGED}) - on (queue) group_right () {FLAGGED})"

    def count(series: str) -> str:
        return f"count by (vendor, queue) (({told(series)}) and {active})\nor {ACTIVE} * 0"

    stands_out = (
        f"{FLAGGED} >= {storm.group_flagged_raters}\n"
        f"and {FLAGGED} >= {share} * {ACTIVE}\n"
        f"and {ACTIVE} >= {storm.group_active_raters}\n"
        f"and {others_active} >= {storm.group_active_raters}\n"
        f"and {others_flagged} < {share} * {others_active}"
    )
    blamed = (
        f"(sum by (queue) ({FLAGGED}) >= {share} * sum by (queue) ({ACTIVE}) unless on (queue) {STANDS_OUT})\n"
        f"or sum by (queue) ({CONSTANT}) > {constant} * sum by (queue) ({ACTIVE})"
    )
    enough = f"sum by (queue) ({ACTIVE}) >= {storm.active_raters}"
    return (
        Recording(FLAGGED, count(_SUSPECT)),
        Recording(CONSTANT, count(f'{_SUSPECT}{{detector="constant_answer"}}')),
        Recording(STANDS_OUT, stands_out),
        Recording(STORM, f"((\n{blamed}\n) and {enough}) * 0 + 1\nor sum by (queue) ({ACTIVE}) * 0"),
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
            told(_CRITICAL),
            f"{_SUBJECT} needs review today: the pattern is beyond doubt",
            rater_readings(_SUSPECT, MEMORY),
            about=_ABOUT,
        ),
        Alert(
            "RaterNeedsReview",
            "ticket",
            "rater",
            told(f'{_SUSPECT}{{detector!="copying"}}'),
            f"{_SUBJECT} needs review",
            rater_readings(_SUSPECT, MEMORY),
            about=_ABOUT,
        ),
        Alert(
            "SharedAnswersNeedReview",
            "ticket",
            "rater",
            told(f'{_SUSPECT}{{detector="copying"}}'),
            f"{_SUBJECT} needs review: unusually many answers are those of one other rater",
            rater_readings(_SUSPECT, MEMORY),
            about=_ABOUT,
        ),
    )
