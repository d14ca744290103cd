"""Every answer that stands at the end of a log, and who gave it when: kept beside the engine, from its outcomes."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from stream.intake.decode import item_key
from stream.quality.outcome_message import QueueInfo
from stream.quality.profile import Profile
from stream.quality.schema import Flag
from stream.stages.raters_work import RaterWork

Key = tuple[str, str]  # rater id and queue

_NO_VOTE = int(Flag.SKIPPED | Flag.ESCALATED | Flag.TRAINING | Flag.WITHDRAWN | Flag.REPEAT)
_NOTE = np.dtype(
    [
        ("judgment", "u8"),
        ("rater", "u8"),
        ("submitted_ms", "i8"),
        ("item", "i8"),
        ("key", "i8"),
        ("label", "u4"),
        ("cost_micro", "i8"),
        ("votes", "u1"),
        ("first", "u1"),
    ]
)
NO_COST = -1


class Answers(NamedTuple):
    """One answer a rater and item, in columns; skipped, withdrawn, repeated and training answers are no part of it."""

    items: list[tuple[str, str]]  # queue and item id; "" where a deployment knows an item by its key only
    keys: list[bytes]  # of each of `items`, see `intake/decode.py`
    raters: list[Key]
    queues: dict[str, QueueInfo]
    item: np.ndarray  # int64[answers]: row of `items`
    rater: np.ndarray  # int64[answers]: row of `raters`
    label: np.ndarray  # uint32[answers]: code in the queue's labels
    submitted_ms: np.ndarray  # int64[answers], since the epoch
    cost_micro: np.ndarray  # int64[answers]: millionths of the rater's currency, NO_COST where the producer sent none
    vendors: list[str]  # of each of `raters`; empty where it is not known
    currencies: list[str | None]  # likewise, ISO 4217


class Worked(NamedTuple):
    """When a rater's first and last judgment in a queue were submitted, in ms since the epoch; training left out."""

    profile: Profile
    first_ms: int
    last_ms: int


class AnswerBook:
    """Give it the batches that stage 2 applies, in order; ask it when the log has ended."""

    def __init__(self) -> None:
        self._notes: list[np.ndarray] = []
        self._item_of: dict[tuple[str, str], int] = {}
        self._worked: dict[bytes, Worked] = {}
        self._number_of: dict[bytes, int] = {}
        self._queues: dict[str, QueueInfo] = {}

    def add(self, work: RaterWork) -> None:
        """Notes the judgments that came, went, or turned into repeats with these outcomes."""
        self._queues |= {info.name: info for _, info in work.queues}
        numbers = np.array([self._number_of.setdefault(key, len(self._number_of)) for key in work.keys], "i8")
        rows = work.rows
        named = np.flatnonzero((rows["item_id"] >= 0) & (rows["profile"] >= 0))
        items = np.full(len(rows), -1, "i8")
        items[named] = list(self._items(work, named))
        changed = (rows["old"]["flags"] ^ rows["new"]["flags"]) & int(Flag.REPEAT)
        kept = np.flatnonzero((rows["first"] == 1) | (rows["last"] == 1) | (changed != 0))
        note = np.zeros(len(kept), _NOTE)
        for name in ("judgment", "rater", "submitted_ms"):
            note[name] = rows[name][kept]
        note["item"], note["key"] = items[kept], numbers[work.key_of_row[kept]]
        note["label"] = rows["new"]["label"][kept]
        costed = rows["new"]["flags"][kept] & int(Flag.COSTED) != 0
        note["cost_micro"] = np.where(costed, rows["new"]["cost_micro"][kept].astype("i8"), NO_COST)
        note["first"] = rows["first"][kept]
        note["votes"] = (rows["last"][kept] == 0) & (rows["new"]["flags"][kept] & _NO_VOTE == 0)
        self._notes.append(note)

    def answers(self) -> Answers:
        """The answers that stand now."""
        notes = np.concatenate(self._notes) if self._notes else np.zeros(0, _NOTE)
        order = np.lexsort((notes["submitted_ms"], notes["rater"], notes["judgment"]))
        sorted_notes = notes[order]
        identity = sorted_notes[["judgment", "rater", "submitted_ms"]]
        is_new = np.append(True, identity[1:] != identity[:-1])[: len(notes)]
        begins = np.flatnonzero(is_new)
        latest = sorted_notes[np.append(begins[1:], len(notes)) - 1] if len(notes) else sorted_notes
        # Only a judgment's first outcome names its item; later ones are about the same judgment.
        item = np.maximum.reduceat(sorted_notes["item"], begins) if len(notes) else sorted_notes["item"]
        standing = (latest["votes"] == 1) & (item >= 0)
        known = [self._worked.get(key) for key in self._number_of]
        return Answers(
            items=list(self._item_of),
            keys=[item_key(queue, item_id) for queue, item_id in self._item_of],
            raters=[(one.profile.rater_id, one.profile.queue) if one else ("", "") for one in known],
            queues=self._queues,
            item=item[standing],
            rater=latest["key"][standing],
            label=latest["label"][standing],
            submitted_ms=latest["submitted_ms"][standing],
            cost_micro=latest["cost_micro"][standing],
            vendors=[one.profile.vendor if one else "" for one in known],
            currencies=[one.profile.currency if one else None for one in known],
        )

    def came_ms(self, key: Key) -> list[int]:
        """When each judgment of a rater in a queue was submitted, skipped ones too, in the order in which they came."""
        number = next(
            (
                number
                for row, number in self._number_of.items()
                if row in self._worked and self._worked[row].profile[:2] == key
            ),
            -1,
        )
        mine = [notes[(notes["key"] == number) & (notes["first"] == 1)]["submitted_ms"] for notes in self._notes]
        return [at_ms for some in mine for at_ms in some.tolist()]

    def worked(self) -> list[Worked]:
        """Every rater and queue with judgments outside training."""
        return list(self._worked.values())

    def _items(self, work: RaterWork, named: np.ndarray) -> Iterator[int]:
        columns = (
            work.rows["profile"][named],
            work.rows["item_id"][named],
            work.rows["submitted_ms"][named],
            work.key_of_row[named],
            work.rows["new"]["flags"][named] & int(Flag.TRAINING),
        )
        lists = (column.tolist() for column in columns)
        for profile_row, item_row, at_ms, key_row, training in zip(*lists, strict=True):
            profile = work.profiles[profile_row]
            if not training:
                self._note_time(work.keys[key_row], profile, at_ms)
            yield self._item_of.setdefault((profile.queue, work.item_ids[item_row]), len(self._item_of))

    def _note_time(self, key: bytes, profile: Profile, at_ms: int) -> None:
        known = self._worked.get(key)
        if known is None:
            self._worked[key] = Worked(profile, at_ms, at_ms)
        elif not known.first_ms <= at_ms <= known.last_ms:
            self._worked[key] = Worked(known.profile, min(known.first_ms, at_ms), max(known.last_ms, at_ms))
