"""The queue settings of a shard as they stand at one point of its log."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from stream.errors import SettingsError, StateError
from stream.events import Control
from stream.intake.conflict import conflict_of
from stream.intake.control import ControlKey, verify
from stream.intake.label_table import LabelTable
from stream.intake.payload import SETTINGS_SOURCE, QueuePayload, SettingsPayload
from stream.intake.privacy_order import PRIVACY_SOURCE, read_order
from stream.intake.profile_table import ProfileTable
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.intake.queue_row import LabelValue, QueueRow
from stream.intake.reasons import Reason
from stream.intake.withheld import Withheld, token_of
from stream.quality.profile import Profile
from stream.quality.schema import OTHER, Held, Kind

STATE_VERSION = 1


class Fold(StrEnum):
    """What became of a control record that was authentic."""

    APPLIED = "applied"
    STALE = "stale"  # a version at least as high was applied before


class Directory:
    """Queues by row, and what follows from them; changed only by control records of the shard's own log."""

    def __init__(self, key: ControlKey | None = None) -> None:
        self.control_key = key  # authenticates control records; never stored
        self._versions: dict[str, int] = {}
        self._vendors: frozenset[str] = frozenset()
        self.accept_raw_ids = False
        self.queues: list[QueueRow] = []
        self._rows: dict[str, int] = {}
        self.withheld = Withheld()
        self.profiles = ProfileTable(self._judge, self._is_acceptable, self._withhold)
        self.labels = LabelTable(self._code)
        self._refresh()

    @classmethod
    def of(cls, settings: SettingsPayload, key: ControlKey | None = None) -> "Directory":
        """A directory with these settings from the start (backtests have no log); raises SettingsError."""
        directory = cls(key)
        conflict = directory._conflict(settings)
        if conflict:
            raise SettingsError(conflict)
        directory._fold(settings)
        return directory

    def row(self, queue: str) -> int:
        """The queue's row, -1 when it was never declared."""
        return self._rows.get(queue, -1)

    def has_forgotten(self, rater: int) -> bool:
        """Whether the rater with this 64-bit hash was to be forgotten. Costs nothing while nobody was."""
        return bool(self.withheld.forgotten) and self._token(rater) in self.withheld.forgotten

    def is_other(self, codes: NDArray[np.int64], queue_rows: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which label codes are the "other" of their (nominal) queue."""
        other: NDArray[np.bool_] = np.logical_and(codes == OTHER, self.kinds[queue_rows] == Kind.NOMINAL)
        return other

    def version(self, source: str) -> int:
        """The highest version applied of a control source, 0 for none."""
        return self._versions.get(source, 0)

    def apply(self, control: Control) -> Fold | Reason:
        """Checks a control record and, when it carries settings, folds it in whole or not at all.

        Records of other sources only have their version noted: their payload is for stage 1.
        """
        if not verify(self.control_key, control):
            return Reason.FORGED_CONTROL
        if control.source == PRIVACY_SOURCE:
            return self._take_order(control)
        if control.version <= self.version(control.source):
            return Fold.STALE
        if control.source == SETTINGS_SOURCE:
            try:
                settings = msgspec.json.decode(control.payload, type=SettingsPayload)
            except ValueError:
                return Reason.SETTINGS_CONFLICT
            if self._conflict(settings):
                return Reason.SETTINGS_CONFLICT
            self._fold(settings)
        self._versions[control.source] = control.version
        self._stored = b""
        return Fold.APPLIED

    def to_bytes(self) -> bytes:
        """The directory for the store; the key and the caches are not part of it."""
        if not self._stored:
            self._stored = self._encode()
        return self._stored

    def _encode(self) -> bytes:
        return msgspec.msgpack.encode(
            _State(
                schema=STATE_VERSION,
                versions=self._versions,
                vendors=sorted(self._vendors),
                accept_raw_ids=self.accept_raw_ids,
                queues=[(queue.payload, queue.is_open) for queue in self.queues],
                withheld=self.withheld,
            )
        )

    @classmethod
    def from_bytes(cls, data: bytes, key: ControlKey | None = None) -> "Directory":
        """Restores what `to_bytes` wrote; raises StateError for anything else."""
        try:
            state = msgspec.msgpack.decode(data, type=_State)
        except ValueError as error:
            raise StateError(f"the stored queue settings are unreadable ({error}); see `raterwatch doctor`") from None
        if state.schema != STATE_VERSION:
            raise StateError(
                f"queue settings of schema {state.schema}, this version reads {STATE_VERSION}; use its release"
            )
        directory = cls(key)
        directory._versions = dict(state.versions)
        directory._vendors = frozenset(state.vendors)
        directory.accept_raw_ids, directory.withheld = state.accept_raw_ids, state.withheld
        directory._set_rows(state.queues)
        return directory

    def _fold(self, settings: SettingsPayload) -> None:
        self._vendors = frozenset(settings.vendors)
        self.accept_raw_ids = settings.accept_raw_ids
        declared = {payload.name: payload for payload in settings.queues}
        kept = [(declared.get(queue.name, queue.payload), queue.name in declared) for queue in self.queues]
        new = [(payload, True) for name, payload in declared.items() if name not in self._rows]
        self._set_rows([*kept, *new])

    def _set_rows(self, queues: Iterable[tuple[QueuePayload, bool]]) -> None:
        self.queues = [
            QueueRow.declare(row, payload, self._vendors, is_open=is_open)
            for row, (payload, is_open) in enumerate(queues)
        ]
        self._rows = {queue.name: queue.row for queue in self.queues}
        self._refresh()

    def _refresh(self) -> None:
        """Empties the caches. The columns end with a row for "no queue", which index -1 finds."""
        self._stored = b""
        self.profiles.empty()
        self.labels.clear()
        self.horizon_ms: NDArray[np.int64] = np.array([*(q.horizon_ms for q in self.queues), 0], np.int64)
        self.sensitivity: NDArray[np.uint16] = np.array([*(q.sensitivity for q in self.queues), 0], np.uint16)
        self.kinds: NDArray[np.uint8] = np.array([*(q.kind for q in self.queues), 0], np.uint8)

    def _take_order(self, control: Control) -> Fold:
        """Orders about people have no sequence of their own: each counts, whichever was written first."""
        order = read_order(control)
        if order is None:
            return Fold.STALE  # whoever signed it runs another version
        known, self.withheld = (
            self.withheld,
            self.withheld.after(order, self._token(order.key), control.version, control.at),
        )
        if order.order != "forget" and self.withheld is known:
            return Fold.STALE
        self._stored = b""
        self.profiles.empty()
        return Fold.APPLIED

    def _token(self, rater: int) -> bytes:
        if self.control_key is None:
            raise StateError("orders about people are stored, and no control key is set: name it, then start again")
        return token_of(self.control_key, rater)

    def _withhold(self, slots: NDArray[np.void]) -> None:
        """Whoever is forgotten is refused, before every other reason, for that one keeps nothing of the record."""
        if not self.withheld:
            return
        tokens = [self._token(rater) for rater in slots["rater"].tolist()]
        slots["refused"][[token in self.withheld.forgotten for token in tokens]] = Reason.FORGOTTEN.code
        slots["held"][[self.withheld.restriction(token) is not None for token in tokens]] = Held.UNSENT

    def _conflict(self, settings: SettingsPayload) -> str | None:
        return conflict_of(settings, {queue.name: queue.payload for queue in self.queues})

    def _judge(self, profile: Profile) -> tuple[int, int]:
        """(queue row, code of the reason to refuse every judgment of this profile, or 0)."""
        row = self.row(profile.queue)
        if row < 0 or not self.queues[row].is_open:
            return row, Reason.UNKNOWN_QUEUE.code
        allowed = self.queues[row].vendors
        if allowed and profile.vendor not in allowed:
            return row, Reason.UNKNOWN_VENDOR.code
        if not self._is_acceptable(profile.rater_id):
            return row, Reason.RAW_RATER_ID.code
        if profile.currency is not None and not _is_currency(profile.currency):
            return row, Reason.OUT_OF_BOUNDS.code
        return row, 0

    def _is_acceptable(self, rater_id: str) -> bool:
        return self.accept_raw_ids or looks_like_pseudonym(rater_id)

    def _code(self, queue: str, label: LabelValue) -> int | Reason:
        row = self.row(queue)
        return Reason.UNKNOWN_QUEUE if row < 0 else self.queues[row].code(label)


class _State(msgspec.Struct, frozen=True, array_like=True):
    schema: int
    versions: dict[str, int]
    vendors: list[str]
    accept_raw_ids: bool
    queues: list[tuple[QueuePayload, bool]]
    withheld: Withheld = Withheld()  # directories from before there were such orders lack it


def _is_currency(code: str) -> bool:
    return code.isascii() and code.isalpha() and code.isupper()
