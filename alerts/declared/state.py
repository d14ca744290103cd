"""The stored state and the log behind it: is there room, is it whole, who holds it, what does the clock say?"""

from alerts.declared.events import happened
from alerts.deployment import Deployment
from alerts.model import Alert, Group
from alerts.thresholds import Thresholds

_TOPIC = ("topic",)


def state(t: Thresholds, _: Deployment) -> Group:
    """Redis, Kafka's retention, clocks."""
    return Group("pipeline_state", __doc__ or "", (_went_back(t), _memory(t), _fenced(t), _runway(t), _clock(t)))


def _went_back(t: Thresholds) -> Alert:
    return Alert(
        "RedisWentBack",
        "page",
        "pipeline",
        f"sum by (topic) ({happened('raterwatch_regressions_total', t['event_minutes'].duration)}) > 0",
        "Redis lost some of the state of {{ $labels.topic }}",
        "What it lost is read again from Kafka and counted once. Find out why Redis went back before it does again.",
        about=_TOPIC,
    )


def _memory(t: Thresholds) -> Alert:
    return Alert(
        "RedisMemoryHigh",
        "ticket",
        "pipeline",
        "max by (server) (raterwatch_redis_used_bytes)\n"
        f"/ (max by (server) (raterwatch_redis_limit_bytes) > 0) > {t['memory_share']}",
        "Redis is running full",
        "{{ $value | humanizePercentage }} of its maxmemory is used. At 100 % it refuses commits and the stream waits.",
        hold=t["memory_minutes"].duration,
        keep=t["memory_minutes"].duration,
    )


def _fenced(t: Thresholds) -> Alert:
    fenced = happened("raterwatch_commits_total", t["event_minutes"].duration, 'result="fenced"')
    return Alert(
        "CommitsFenced",
        "ticket",
        "pipeline",
        f"sum by (topic) ({fenced}) >= {t['fenced_commits']}",
        "Workers take partitions of {{ $labels.topic }} from each other",
        "{{ $value | humanize }} commits were refused because another worker held the shard. Nothing is counted twice; "
        "it costs time.",
        about=_TOPIC,
    )


def _runway(t: Thresholds) -> Alert:
    unread = "(min by (topic) (raterwatch_last_arrival_timestamp_seconds and raterwatch_lag_records > 0))"
    kept = "max by (topic) (raterwatch_retention_seconds)"
    return Alert(
        "RetentionRunwayShort",
        "page",
        "pipeline",
        f"1 - (time() - {unread}) / {kept} < {t['runway_share']}",
        "Unread judgments of {{ $labels.topic }} will expire in Kafka",
        "{{ $value | humanizePercentage }} of the topic's retention is left to the oldest unread record. What expires "
        "unread is lost: lengthen retention.ms now, then find out why the stream is behind.",
        keep=t["event_minutes"].duration,
        about=_TOPIC,
    )


def _clock(t: Thresholds) -> Alert:
    return Alert(
        "ClockSkewHigh",
        "ticket",
        "pipeline",
        f"max(raterwatch_clock_ahead_seconds) > {t['clock_ahead_seconds']}",
        "The clocks of Kafka and the workers differ",
        "Kafka's clock ran {{ $value | humanizeDuration }} ahead. Latencies are wrong by as much; counts are not.",
        hold=t["clock_minutes"].duration,
        keep=t["clock_minutes"].duration,
    )
