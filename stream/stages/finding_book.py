"""A shard's open findings, and the events about them that stage 2 owes."""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

import msgspec

from stream.events import Finding
from stream.quality.policy import DETECTOR_NAMES, Detector
from stream.quality.rater_table import RowKey
from stream.stages.port import Message
from stream.stages.sentences import sentence

Why = Literal["evidence_gone", "gold_corrected", "verdict", "forgotten"]
Counts = Counter[tuple[str, str]]
_KEY_BYTES = 16


class FindingBook:
    """Findings by the row they are about and their detector. A field in the store is the row's key and the detector."""

    def __init__(self, topic: str) -> None:
        self.open: dict[tuple[RowKey, Detector], Finding] = {}
        self._topic = topic
        self._changed: set[tuple[RowKey, Detector]] = set()
        self._messages: list[Message] = []

    def restore(self, fields: Mapping[bytes, bytes]) -> None:
        """Takes the findings that the last commit left open."""
        for field, data in fields.items():
            key = field[:_KEY_BYTES], Detector(field[_KEY_BYTES])
            self.open[key] = msgspec.msgpack.decode(data, type=Finding)

    def add(self, key: RowKey, detector: Detector, found: Finding, counts: Counts) -> None:
        """A finding has opened."""
        self.open[key, detector] = found
        self._publish(key, detector, found, counts)

    def update(self, key: RowKey, detector: Detector, found: Finding, counts: Counts) -> None:
        """An open finding says something new: under the id it is known by, and since when."""
        old = self.open[key, detector]
        news = msgspec.structs.replace(found, version=old.version + 1, event="updated", opened_at=old.opened_at)
        self.open[key, detector] = news
        self._publish(key, detector, news, counts)

    def rename(self, key: RowKey, was: Detector, detector: Detector, found: Finding, counts: Counts) -> None:
        """Something else has become clearly likelier: the same finding under another detector's name."""
        old = self.open[key, detector] = self.open.pop((key, was))
        self._changed.add((key, was))
        self.update(key, detector, msgspec.structs.replace(found, id=old.id, episode=old.episode), counts)

    def close(self, key: RowKey, detector: Detector, why: Why, at_ms: int, counts: Counts) -> None:
        """An open finding ends."""
        found = self.open.pop((key, detector))
        closed = msgspec.structs.replace(
            found, version=found.version + 1, event="closed", why=why, at=at_ms, state="ok"
        )
        self._publish(key, detector, closed, counts)
        if why == "gold_corrected":
            counts["finding_forgiven", DETECTOR_NAMES[detector]] += 1

    def erase(self, rater: bytes, at_ms: int, counts: Counts) -> None:
        """Whoever these findings are about is to be forgotten: they end, and what they rested on is not repeated."""
        for key, detector in [place for place in self.open if place[0].startswith(rater)]:
            found = self.open[key, detector]
            self.open[key, detector] = Finding(
                id=found.id,
                version=found.version,
                event=found.event,
                queue=found.queue,
                detector=found.detector,
                state=found.state,
                sentence=sentence("forgotten"),
                opened_at=found.opened_at,
                at=found.at,
                rater_id=found.rater_id,
                vendor=found.vendor,
                episode=found.episode,
                shadow=found.shadow,
            )
            self.close(key, detector, "forgotten", at_ms, counts)

    def detector_of(self, key: RowKey, finding_id: str) -> Detector | None:
        """Which detector's open finding about this row has the id; None when no open one has."""
        ours = (detector for detector in Detector if (key, detector) in self.open)
        return next((detector for detector in ours if self.open[key, detector].id == finding_id), None)

    def take_changes(self) -> tuple[list[tuple[bytes, bytes]], list[bytes], list[Message]]:
        """(fields to write, fields to remove, messages) since the last call."""
        written, gone = [], []
        for key, detector in sorted(self._changed):
            field = key + bytes([detector])
            if (key, detector) in self.open:
                written.append((field, msgspec.msgpack.encode(self.open[key, detector])))
            else:
                gone.append(field)
        messages, self._messages, self._changed = self._messages, [], set()
        return written, gone, messages

    def _publish(self, key: RowKey, detector: Detector, found: Finding, counts: Counts) -> None:
        self._changed.add((key, detector))
        self._messages.append(Message(self._topic, msgspec.json.encode(found), key=(found.rater_id or "").encode()))
        counts["finding_" + found.event, DETECTOR_NAMES[detector]] += 1
