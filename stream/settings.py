"""The settings of a deployment, made once from the environment and the command line; the command line wins.

Each has an environment variable RATERWATCH_<NAME>. Secrets come from files, never from the environment itself.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from stream.errors import SettingsError
from stream.state.access import RedisAccess
from stream.transport.connection import KafkaConnection

RaterSeries = Literal["findings", "all", "none"]
PREFIX = "RATERWATCH_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how much of them to keep; defaults suit one machine."""

    kafka: str = "127.0.0.1:9092"  # bootstrap servers, comma-separated
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_username: str = ""
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_password_file: Path | None = None
    kafka_ca_file: Path | None = None
    redis: str = "redis://127.0.0.1:6379/0"
    redis_password_file: Path | None = None
    redis_prefix: str = "rw:"
    facts: str = ""  # where daily facts are: a folder, or postgresql://USER@HOST/NAME; empty where none are kept
    group: str = "raterwatch"
    session_seconds: int = 10  # a worker silent for so long loses its partitions to the others
    judgments: str = "judgments"
    outcomes: str = "outcomes"
    findings: str = "findings"
    partitions: int = 4  # of judgments and outcomes, when `raterwatch topics` makes them; never changed afterwards
    replication: int = 1
    queues: Path | None = None  # the queues and vendors file
    control_key_file: Path | None = None  # authenticates control records
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 9100
    policy_file: Path | None = None  # budgets and limits people chose; the defaults without one
    rater_series: RaterSeries = "findings"
    rater_series_cap: int = 20_000  # per-rater series of a worker; what is cut is counted
    horizon_days: int = 14  # an item is forgotten this long after its last record
    kept_items: int = 100_000  # a shard's items with a known answer, never forgotten; the same for every worker
    cached_items: int = 400_000  # of all shards of a worker together
    cached_raters: int = 100_000
    allow_full_replay: bool = False

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ, **given: Any) -> Self:
        """Defaults, then RATERWATCH_* variables, then what was given and is not None. Raises SettingsError."""
        names = {item.name: item for item in fields(cls)}
        unknown = [n for n in environment if n.startswith(PREFIX) and n[len(PREFIX) :].lower() not in names]
        unknown = [name for name in unknown if name not in _OTHERS]
        if unknown:
            raise SettingsError(
                f"unknown environment variable {unknown[0]}; known are {PREFIX}" + ", ".join(names).upper()
            )
        values = {
            name: _parsed(name, environment[PREFIX + name.upper()])
            for name in names
            if PREFIX + name.upper() in environment
        }
        values |= {name: value for name, value in given.items() if value is not None}
        return replace(cls(), **values)

    @property
    def kafka_connection(self) -> KafkaConnection:
        """How consumer, producer and admin client reach Kafka."""
        import ssl  # noqa: PLC0415

        tls = ssl.create_default_context(cafile=self.kafka_ca_file) if self.kafka_security.endswith("SSL") else None
        if not self.kafka_security.startswith("SASL"):
            return KafkaConnection(tuple(self.kafka.split(",")), tls=tls)
        if not self.kafka_username or self.kafka_password_file is None:
            raise SettingsError(f"{self.kafka_security} needs {PREFIX}KAFKA_USERNAME and {PREFIX}KAFKA_PASSWORD_FILE")
        password = self.kafka_password_file.read_text().strip()
        return KafkaConnection(
            tuple(self.kafka.split(",")),
            tls=tls,
            sasl_mechanism=self.kafka_mechanism,
            username=self.kafka_username,
            password=password,
        )

    @property
    def redis_access(self) -> RedisAccess:
        """How stores and readers reach Redis."""
        return RedisAccess(url=self.redis, password_file=self.redis_password_file, prefix=self.redis_prefix)


# What other parts read. ESCALATION: the settings of the case service, for commands about a person's own rights. The
# rest is for tests only.
_OTHERS = {PREFIX + name for name in ("ESCALATION", "FAULT", "DATA_FOLDER")}


def _parsed(name: str, text: str) -> Any:
    kind = Settings.__annotations__[name]
    variable = PREFIX + name.upper()
    if kind is int:
        if not text.isdigit():
            raise SettingsError(f"{variable}={text!r} is not a whole number")
        return int(text)
    if kind is bool:
        if text.lower() not in {"1", "0", "true", "false"}:
            raise SettingsError(f"{variable}={text!r}: say true or false")
        return text.lower() in {"1", "true"}
    choices = get_args(kind)
    if choices and all(isinstance(choice, str) for choice in choices):
        if text not in choices:
            raise SettingsError(f"{variable}={text!r}: choose one of {', '.join(choices)}")
        return text
    return Path(text) if kind is Path or Path in choices else text
