"""The outcomes that stage 1 owes to stage 2 since its last commit, and the messages they become."""

from collections.abc import Sequence

import numpy as np

from stream.intake.queue_row import QueueRow
from stream.quality.item_rows import Outcomes, make_outcomes
from stream.quality.outcome_encoding import Owed, encode_owed
from stream.quality.outcome_message import BEGINNING, Note, QueueInfo, VerdictNote
from stream.quality.profile import Profile
from stream.stages.port import Message

_ROOM = 4096


class ItemOutbox:
    """`rows` is where the join writes; `sent` int64[destinations, 2] the place where each destination's last ended."""

    def __init__(self, source: int, destinations: int, topic: str) -> None:
        self.rows: Outcomes = make_outcomes(_ROOM)
        self.sent = np.full((destinations, 2), BEGINNING, "i8")
        self._source, self._topic = source, topic
        self._profiles: list[Profile] = []
        self._item_ids: list[str] = []
        self._queues: list[QueueInfo] = []
        self._settled = 0  # outcomes that refer to these lists of queues
        self._settings: Sequence[QueueRow] = ()
        self._infos: list[QueueInfo] = []
        self._verdicts: dict[int, list[VerdictNote]] = {}
        self._notes: list[Note] = []

    @property
    def owed(self) -> int:
        """How many outcomes wait."""
        return int(self.rows.cursor[0])

    def grow(self) -> None:
        """Doubles the room."""
        used, bigger = self.owed, make_outcomes(2 * len(self.rows.rows))
        bigger.rows[:used], bigger.destinations[:used] = self.rows.rows[:used], self.rows.destinations[:used]
        met = int(self.rows.cursor[3])
        bigger.meetings[:met] = self.rows.meetings[:met]
        doubts = int(self.rows.cursor[4])
        bigger.doubts[:doubts] = self.rows.doubts[:doubts]
        self.rows = bigger._replace(cursor=self.rows.cursor)

    def name(self, begin: int, profiles: Sequence[Profile], item_ids: Sequence[str]) -> None:
        """The outcomes from `begin` on refer to these lists of their batch; those of the whole outbox are longer."""
        fresh = self.rows.rows[begin : self.owed]
        fresh["profile"][fresh["profile"] >= 0] += len(self._profiles)
        fresh["item_id"][fresh["item_id"] >= 0] += len(self._item_ids)
        self._profiles += profiles
        self._item_ids += item_ids

    def take_doubts(self) -> np.ndarray:
        """DOUBT[] since the last call, in the order of the log."""
        if not self.rows.cursor[4]:
            return self.rows.doubts[:0]
        doubts = self.rows.doubts[: int(self.rows.cursor[4])].copy()
        self.rows.cursor[4] = 0
        return doubts

    def settle(self, queues: Sequence[QueueRow]) -> None:
        """The outcomes so far came under these settings, whatever comes before they are sent."""
        fresh = self.rows.rows[self._settled : self.owed]
        if len(fresh):
            fresh["queue_row"] += len(self._queues)
            self._queues += self._told(queues)
            self._settled = self.owed

    def _told(self, queues: Sequence[QueueRow]) -> list[QueueInfo]:
        """What stage 2 must know of them; worked out once for settings that stay."""
        if queues is not self._settings:
            self._settings = queues
            self._infos = [QueueInfo(q.key, q.name, int(q.kind), tuple(q.labels), q.width) for q in queues]
        return self._infos

    def note(self, destination: int, verdict: VerdictNote) -> None:
        """Adds a person's decision, which travels between the outcomes."""
        self._verdicts.setdefault(destination, []).append(verdict)

    def note_all(self, notes: Sequence[Note]) -> None:
        """Adds what every destination is to know."""
        self._notes += notes

    def take_messages(self, queues: Sequence[QueueRow]) -> list[Message]:
        """Everything owed, a destination after another, each in the order of the log."""
        self.settle(queues)
        owed = Owed(self.rows, self._profiles, self._item_ids, self._queues, self._verdicts, self._notes)
        encoded = encode_owed(self._source, owed, self.sent)
        messages = [Message(self._topic, value, destination) for destination, value in encoded]
        self.rows.cursor[0] = self.rows.cursor[3] = 0
        self._profiles, self._item_ids, self._verdicts, self._notes = [], [], {}, []
        self._queues, self._settled = [], 0
        return messages
