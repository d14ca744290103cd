"""What an erasure cannot reach, and until when it is still there: told plainly, with dates from topics' retention."""

from collections.abc import Mapping
from typing import NamedTuple

from stream.commands.words import moment
from stream.settings import Settings
from stream.transport.topics import REJECTED

_SECOND_MS = 1_000
_STAYS = (
    "a 64-bit keyed hash that tells the pseudonym when it comes again, answers on items without a name, and sums of "
    "queues and vendors"
)


class Remainder(NamedTuple):
    """Something that stays for a while. `until_ms` is None where this system does not decide it."""

    where: str
    what: str
    until_ms: int | None
    note: str

    def __str__(self) -> str:
        """For people."""
        until = f"until {moment(self.until_ms)} UTC" if self.until_ms is not None else self.note
        return f"{self.where}: {self.what}; {until}{f' ({self.note})' if self.until_ms is not None else ''}"


def remainders(settings: Settings, kept_s: Mapping[str, float], now_ms: int) -> list[Remainder]:
    """What stays after an erasure ordered at `now_ms`; `kept_s` is each topic's retention, absent for "for ever"."""
    topics = (
        (settings.judgments, "the judgments as they were sent, and the order to forget"),
        (settings.outcomes, "what each judgment meant"),
        (settings.findings, "findings as they were published, with their evidence"),
        (REJECTED, "records of this rater that were refused before the order"),
    )
    logs = [_log(name, what, kept_s, now_ms) for name, what in topics]
    replay = f"one that is restored reads the order in {settings.judgments} again, if that still reaches back to it"
    rest = (
        ("backups of Redis", "rows as they were", f"until your backups rotate; {replay}"),
        ("Prometheus", "series labelled with the pseudonym", "until its --storage.tsdb.retention.time has passed"),
        ("files made by commands", "reports, exports, disclosures", "until whoever made them deletes them"),
        ("Redis", _STAYS, "stays: none of it names the person or leads back"),
    )
    return [*logs, *(Remainder(where, what, None, note) for where, what, note in rest)]


def _log(name: str, what: str, kept_s: Mapping[str, float], now_ms: int) -> Remainder:
    if name not in kept_s:
        return Remainder(f"topic {name}", what, None, "for ever: the topic has no retention, set retention.ms")
    until_ms = now_ms + round(kept_s[name] * _SECOND_MS)
    return Remainder(
        f"topic {name}", what, until_ms, "Kafka deletes whole segments: on a quiet partition some days later"
    )
