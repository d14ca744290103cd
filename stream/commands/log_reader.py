"""What a command looks up in the log because Redis does not keep it: names of items, and findings that have closed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from stream.commands.kafka_reading import read_whole
from stream.events import Finding
from stream.intake.decode import item_key
from stream.settings import Settings

SKEW_MS = 3_600_000  # a judgment may be submitted so far ahead of the broker's clock


class _Named(msgspec.Struct):
    """The part of a record that names an item; every event but a control record has it."""

    queue: str
    item_id: str


_read_named = msgspec.json.Decoder(_Named).decode


class LogReader(Protocol):
    """All methods may raise `Unavailable`."""

    def item_names(self, partition: int, since_ms: int | None = None) -> Iterator[tuple[bytes, str]]:
        """(item key, item id) of each record in a partition of `judgments`, of those that came since then."""

    def finding(self, finding_id: str) -> Finding | None:
        """A finding as it was last published; None when the log does not hold it."""


class KafkaLog:
    """Reads the topics themselves, from the place where the wanted time begins."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def item_names(self, partition: int, since_ms: int | None = None) -> Iterator[tuple[bytes, str]]:
        """Reads the partition from there to its present end."""
        records = read_whole(self._settings.kafka_connection, self._settings.judgments, [partition], since_ms)
        for record in records:
            if name := _name(record.value):
                yield name

    def finding(self, finding_id: str) -> Finding | None:
        """Reads the whole topic, which is small."""
        found = None
        quoted = finding_id.encode()
        for record in read_whole(self._settings.kafka_connection, self._settings.findings):
            if record.value and quoted in record.value:
                told = msgspec.json.decode(record.value, type=Finding)
                if told.id == finding_id and (found is None or told.version >= found.version):
                    found = told
        return found


class MemoryLogReader:
    """The same of values: of each partition of `judgments`, and of `findings`."""

    def __init__(self, judgments: Mapping[int, Sequence[bytes | None]], findings: Collection[Finding] = ()) -> None:
        self._judgments, self._findings = judgments, findings

    def item_names(self, partition: int, since_ms: int | None = None) -> Iterator[tuple[bytes, str]]:  # noqa: ARG002
        """All of the partition: in memory nobody waits."""
        for value in self._judgments.get(partition, ()):
            if name := _name(value):
                yield name

    def finding(self, finding_id: str) -> Finding | None:
        """The latest version."""
        versions = [finding for finding in self._findings if finding.id == finding_id]
        return max(versions, key=lambda finding: finding.version, default=None)


def _name(value: bytes | None) -> tuple[bytes, str] | None:
    try:
        named = _read_named(value or b"")
    except msgspec.DecodeError:
        return None  # a control record, or one that was refused
    return item_key(named.queue, named.item_id), named.item_id
