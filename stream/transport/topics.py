"""The topics of the product: declared here, made or verified by `raterwatch topics`, and looked up at every claim.

The functions block and are meant for a command or a thread.
"""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from stream.errors import Unavailable
from stream.transport.births import BIRTHS_TOPIC
from stream.transport.connection import KafkaConnection

JUDGMENTS = "judgments"
OUTCOMES = "outcomes"
FINDINGS = "findings"
REJECTED = "judgments.rejected"

_DAY_MS = 86_400_000
_LARGE_MESSAGE_BYTES = 2 * 1024 * 1024
_UNKNOWN_TOPIC = 3
_TIMEOUT_MS = 10_000
_AT_LEAST = frozenset({"retention.ms", "max.message.bytes"})  # more is fine; -1 is for ever


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it ought to be."""

    name: str
    partitions: int
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic as Kafka describes it."""

    topic_id: str
    partitions: int


@dataclass(frozen=True, slots=True)
class TopicReport:
    """What `ensure_topics` did or found; `problems` are sentences for a terminal, empty when all is well."""

    name: str
    created: bool
    problems: tuple[str, ...] = ()


def declared_topics(
    *, judgments_partitions: int, outcomes_partitions: int, log_days: int = 30, record_days: int = 90
) -> tuple[TopicSpec, ...]:
    """All topics. `log_days` must exceed the age of the oldest Redis backup plus the longest outage: a restored shard
    replays from there. `record_days`: how long findings and rejects can be read back.
    """
    # The log's own time judges skew and rotates generations, so it must be the broker's; compaction would lose votes.
    log = {
        "message.timestamp.type": "LogAppendTime",
        "cleanup.policy": "delete",
        "retention.ms": str(log_days * _DAY_MS),
    }
    record = {"cleanup.policy": "delete", "retention.ms": str(record_days * _DAY_MS)}
    return (
        TopicSpec(JUDGMENTS, judgments_partitions, log),
        TopicSpec(OUTCOMES, outcomes_partitions, log),
        TopicSpec(FINDINGS, outcomes_partitions, record),
        # A rejected record is larger than it came: headers say why.
        TopicSpec(REJECTED, 1, record | {"max.message.bytes": str(_LARGE_MESSAGE_BYTES)}),
        TopicSpec(BIRTHS_TOPIC, 1, {"cleanup.policy": "compact"}),
    )


def ensure_topics(connection: KafkaConnection, specs: Sequence[TopicSpec], *, replication: int) -> list[TopicReport]:
    """Makes what is missing and verifies what is there, changing nothing. Raises `Unavailable`."""
    with _admin(connection) as admin:
        created = {spec.name for spec in specs if _create(admin, spec, replication)}
        admin.wait_for_topics([spec.name for spec in specs])
        facts = _facts(admin, [spec.name for spec in specs])
        settings = _settings(admin, [spec.name for spec in specs])
    return [
        TopicReport(spec.name, spec.name in created, tuple(_problems(spec, facts[spec.name], settings[spec.name])))
        for spec in specs
    ]


def look_up(connection: KafkaConnection, names: Sequence[str]) -> dict[str, TopicFacts]:
    """Facts of the topics that exist. Raises `Unavailable`."""
    with _admin(connection) as admin:
        return _facts(admin, names)


def retention_seconds(connection: KafkaConnection, names: Sequence[str]) -> dict[str, float]:
    """How long Kafka keeps each topic's records; one that it keeps for ever is left out. Raises `Unavailable`."""
    with _admin(connection) as admin:
        kept_ms = {name: int(settings["retention.ms"]) for name, settings in _settings(admin, names).items()}
    return {name: ms / 1000 for name, ms in kept_ms.items() if ms >= 0}


def _create(admin: Any, spec: TopicSpec, replication: int) -> bool:
    wanted = {
        "num_partitions": spec.partitions,
        "replication_factor": replication,
        "configs": dict(spec.settings),
    }
    try:
        admin.create_topics({spec.name: wanted})
    except TopicAlreadyExistsError:
        return False
    return True


def _facts(admin: Any, names: Sequence[str]) -> dict[str, TopicFacts]:
    found = admin.describe_topics(list(names))
    return {
        topic["name"]: TopicFacts(str(topic["topic_id"]), len(topic["partitions"]))
        for topic in found
        if topic["error_code"] != _UNKNOWN_TOPIC
    }


def _settings(admin: Any, names: Sequence[str]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    described = admin.describe_configs(resources, config_filter="all")["topic"]
    return {name: {key: entry["value"] for key, entry in described[name].items()} for name in names}


def _problems(spec: TopicSpec, facts: TopicFacts, settings: Mapping[str, str]) -> Iterator[str]:
    if facts.partitions != spec.partitions:
        yield (
            f"{spec.name} has {facts.partitions} partitions, {spec.partitions} are set: the state of every shard "
            "depends on this number. Correct the setting, or plan a rebuild"
        )
    for key, wanted in spec.settings.items():
        found = settings[key]
        if not _satisfies(key, found, wanted):
            yield f"{spec.name} has {key}={found}, wanted {wanted}: change it with kafka-configs.sh --alter"


def _satisfies(key: str, found: str, wanted: str) -> bool:
    if key in _AT_LEAST:
        return int(found) == -1 or int(found) >= int(wanted)
    return found == wanted


@contextmanager
def _admin(connection: KafkaConnection) -> Iterator[Any]:
    servers = ", ".join(connection.bootstrap)
    try:
        _knock(connection)
        admin = KafkaAdminClient(
            **connection.client_settings(), client_id="raterwatch-topics", bootstrap_timeout_ms=_TIMEOUT_MS
        )
        try:
            yield admin
        finally:
            admin.close()
    except (KafkaError, OSError) as error:
        raise Unavailable(f"Kafka at {servers} does not answer: {error!r}") from error


def _knock(connection: KafkaConnection) -> None:
    """Raises OSError when no server listens: the admin client would try for long and leave its sockets open."""
    for number, server in enumerate(connection.bootstrap, start=1):
        host, _, port = server.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_TIMEOUT_MS / 1000).close()
        except OSError:
            if number == len(connection.bootstrap):
                raise
        else:
            return
