"""What `doctor` asks Kafka."""

import time
from collections.abc import Callable, Sequence

from stream.commands.checks import Check, failure, ok, warning
from stream.commands.kafka_reading import latest_append_ms, topic_setting
from stream.commands.topics import wanted_topics
from stream.settings import Settings
from stream.transport.connection import KafkaConnection
from stream.transport.port import Partition
from stream.transport.topics import TopicFacts, ensure_topics

Bounds = dict[Partition, tuple[int, int]]
SKEW_MS = 2_000  # clocks kept by NTP are within milliseconds
_DAY_MS = 86_400_000


def check_broker(settings: Settings, versions_of: Callable[[KafkaConnection], set[str]]) -> list[Check]:
    """That Kafka answers, and its version."""
    versions = ", ".join(sorted(versions_of(settings.kafka_connection)))
    return [ok("Kafka", f"{settings.kafka} answers, protocol of version {versions}")]


def check_topics(settings: Settings, facts: dict[str, TopicFacts]) -> list[Check]:
    """Every topic, as it ought to be; nothing is made here."""
    specs = wanted_topics(settings)
    missing = [spec.name for spec in specs if spec.name not in facts]
    there = [spec for spec in specs if spec.name in facts]
    checks = [failure("topics", f"Kafka has no topic {name}", "run `raterwatch topics`") for name in missing]
    reports = ensure_topics(settings.kafka_connection, there, replication=settings.replication) if there else []
    for problem in (problem for report in reports for problem in report.problems):
        found, _, remedy = problem.partition(": ")
        checks.append(failure("topics", found, remedy))
    if not checks:
        checks.append(ok("topics", f"{', '.join(spec.name for spec in specs)} are as they should be"))
    return checks


def check_retention(settings: Settings, facts: dict[str, TopicFacts]) -> list[Check]:
    """That the logs reach back further than an item's history does: a shard that starts again needs all of it."""
    logs = [topic for topic in (settings.judgments, settings.outcomes) if topic in facts]
    kept = topic_setting(settings.kafka_connection, logs, "retention.ms") if logs else {}
    short = {topic: int(ms) for topic, ms in kept.items() if 0 <= int(ms) < settings.horizon_days * _DAY_MS}
    if short:
        named = ", ".join(f"{topic} {ms / _DAY_MS:.0f} d" for topic, ms in short.items())
        return [
            failure(
                "retention",
                f"{named} is less than the horizon of {settings.horizon_days} d",
                "lengthen retention.ms with kafka-configs.sh: it must exceed the oldest Redis backup plus an outage",
            )
        ]
    shown = ", ".join(
        f"{topic} {'for ever' if int(ms) < 0 else f'{int(ms) / _DAY_MS:.0f} d'}" for topic, ms in kept.items()
    )
    return [ok("retention", f"{shown}; horizon {settings.horizon_days} d")] if kept else []


def check_append_clock(settings: Settings, bounds: Bounds) -> list[Check]:
    """Compares this host's clock with the broker's: a record cannot have been appended in the future."""
    appended_ms = latest_append_ms(settings.kafka_connection, bounds)
    if appended_ms is None:
        return [ok("clock, Kafka", "no record to compare with yet")]
    behind_ms = appended_ms - time.time_ns() // 1_000_000
    if behind_ms > SKEW_MS:
        return [_skew("clock, Kafka", f"the latest record was appended {behind_ms / 1000:.1f} s ahead of this host")]
    return [ok("clock, Kafka", f"the latest record was appended {-behind_ms / 1000:,.1f} s ago")]


def all_partitions(settings: Settings, facts: dict[str, TopicFacts]) -> Sequence[Partition]:
    """Every shard there should be."""
    logs = [topic for topic in (settings.judgments, settings.outcomes) if topic in facts]
    return [Partition(topic, number) for topic in logs for number in range(facts[topic].partitions)]


def _skew(name: str, found: str) -> Check:
    return warning(name, found, "synchronise clocks (chrony or NTP): latencies and windows are judged by them")
