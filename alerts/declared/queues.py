"""Queues that need review before any of their raters do: guideline, known answers, agreement, coverage."""

from alerts.declared.storm import ACTIVE, FLAGGED, STORM
from alerts.deployment import Deployment
from alerts.model import Alert, Group, Recording
from alerts.thresholds import Thresholds
from stream.quality.queue_levels import RARE_HOURS

_SKILL, _SCORED = "raterwatch:queue_skill_24h:ratio", "raterwatch:queue_scored_24h:sum"
_ABOUT = ("queue",)


def queues(t: Thresholds, deployment: Deployment) -> Group:
    """The queue's own alerts."""
    return Group(
        "queues", __doc__ or "", (*_agreement(), _guideline(deployment), _gold_suspect(t), _shifted(t), *_measured(t))
    )


def _agreement() -> tuple[Recording, ...]:
    agreed, expected, scored = (
        f'sum by (queue) (raterwatch_quality_{name}_judgments{{window="24h"}})'
        for name in ("agreed", "expected_agreed", "scored")
    )
    return (
        Recording(_SKILL, f"({agreed} - {expected})\n/ ({scored} - {expected})"),
        Recording(_SCORED, scored),
    )


def _guideline(deployment: Deployment) -> Alert:
    def sum_of(series: str) -> str:
        asked = f'query (printf "sum by (queue) ({series}{{queue=%q}})" $labels.queue)'
        return f"{{{{ with {asked} }}}}{{{{ . | first | value | humanize }}}}{{{{ end }}}}"

    hours = f"{deployment.policy.storm.inhibit_hours:g}"
    return Alert(
        "QueueGuidelineSuspect",
        "ticket",
        "queue",
        f"{STORM} == 1",
        "Queue {{ $labels.queue }} needs review: guideline or known answers, before any rater",
        f"{sum_of(FLAGGED)} of {sum_of(ACTIVE)} active raters are flagged, at more than one vendor or with one answer. "
        f"Alerts on single raters wait, for {hours} h at most.",
        about=_ABOUT,
    )


def _gold_suspect(t: Thresholds) -> Alert:
    return Alert(
        "GoldItemSuspect",
        "ticket",
        "queue",
        "sum by (queue) (raterwatch_suspect_known_items) > 0",
        "Queue {{ $labels.queue }}: some known answers need review",
        "Raters who are right elsewhere miss {{ $value | humanize }} known answers. Correct or withdraw them: everyone "
        "concerned is scored again.",
        keep=t["event_minutes"].duration,
        about=_ABOUT,
    )


def _shifted(t: Thresholds) -> Alert:
    asked = 'query (printf "max by (queue) (raterwatch_queue_shift_ratio{queue=%q})" $labels.queue)'
    moved = f"{{{{ with {asked} }}}}{{{{ . | first | value | humanizePercentage }}}}{{{{ end }}}}"
    return Alert(
        "QueueLevelShifted",
        "ticket",
        "queue",
        f"max by (queue) (raterwatch_queue_shift_rarity_hours) >= {RARE_HOURS:g}",
        "Queue {{ $labels.queue }} needs review: its answers fit together otherwise than before",
        f"Belief in the answers moved by {moved}; "
        "a queue that stands still shows as much once in {{ $value | humanize }} hours. Guideline, items or tool may "
        "have changed.",
        keep=t["event_minutes"].duration,
        about=_ABOUT,
    )


def _measured(t: Thresholds) -> tuple[Alert, ...]:
    event = t["event_minutes"].duration
    known = 'sum by (queue) (raterwatch_quality_gold_judgments{window="7d"})'
    work = 'sum by (queue) (raterwatch_quality_judgments{window="7d"})'
    people = 'sum by (queue) (raterwatch_active_raters{window="7d"})'
    uses_known = 'sum by (queue) (raterwatch_quality_gold_judgments{window="lifetime"}) > 0'
    unknown = 'sum by (queue) (raterwatch_unknown_raters{reason="no_peers_no_gold"})'
    return (
        Alert(
            "QueueAgreementLow",
            "ticket",
            "queue",
            f"{_SKILL} < {t['skill_tentative']}\nand {_SCORED} >= {t['skill_least_judgments']}",
            "Queue {{ $labels.queue }} needs review: raters agree too little to rest conclusions on",
            'Agreement beyond chance was {{ $value | printf "%.2f" }} in 24 h; below '
            f"{t['skill_tentative']} a guideline is usually read in several ways.",
            hold=t["skill_low_hours"].duration,
            keep=event,
            about=_ABOUT,
        ),
        Alert(
            "GoldStockLow",
            "ticket",
            "queue",
            f"{known} / {people} < {t['known_per_rater_low']}\n"
            f"and {work} / {people} >= {t['known_least_judgments']}\nand {uses_known}",
            "Queue {{ $labels.queue }} needs more items with a known answer",
            "A rater met {{ $value | humanize }} of them in 7 days: too few to notice a low accuracy in weeks.",
            hold=t["known_low_hours"].duration,
            keep=event,
            board="coverage",
            about=_ABOUT,
        ),
        Alert(
            "CoverageLow",
            "ticket",
            "queue",
            f"{unknown} / sum by (queue) (raterwatch_raters) > {t['unjudgeable_share']}\n"
            f"and {unknown} >= {t['unjudgeable_least_raters']}",
            "Queue {{ $labels.queue }}: of some raters nothing can be said",
            "{{ $value | humanizePercentage }} of its raters have neither peers nor known answers. Give their items a "
            "second rater, or mix known answers in.",
            hold=t["unjudgeable_hours"].duration,
            keep=event,
            board="coverage",
            about=_ABOUT,
        ),
    )
