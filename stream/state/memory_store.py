"""The shard port in memory: for tests of everything above it, and for a backtest that never meets Redis."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from stream.errors import Unavailable
from stream.state.keys import COMMIT, OFFSET, OWNER
from stream.state.port import Commit, Head, Refusal
from stream.state.rules import check_field_names, head_of


@dataclass(slots=True)
class _Shard:
    head: dict[bytes, bytes]
    keys: dict[str, dict[bytes, bytes]] = field(default_factory=dict)
    outbox: list[bytes] = field(default_factory=list)


class Snapshot(dict[str, _Shard]):
    """A copy of everything a MemoryStore held at one moment."""


class MemoryStore:
    """Shards in dicts, with the same answers as Redis would give.

    A test plays the server's bad days with it: `snapshot` and `restore` make a Redis that lost its tail, `restore()`
    one that was emptied, `down = True` one that does not answer, `lost_replies = n` one whose next n commits are
    applied while their answers are lost.
    """

    def __init__(self) -> None:
        self.down = False
        self.lost_replies = 0
        self._shards: dict[str, _Shard] = {}

    def snapshot(self) -> Snapshot:
        """Everything as it stands now."""
        return Snapshot(deepcopy(self._shards))

    def restore(self, snapshot: Snapshot | None = None) -> None:
        """Goes back to a snapshot, or to nothing at all."""
        self._shards = dict(deepcopy(snapshot)) if snapshot else {}

    async def head(self, shard: str) -> Head | None:
        """Reads without claiming."""
        self._answer()
        found = self._shards.get(shard)
        return head_of(found.head) if found else None

    async def claim(self, shard: str, owner: bytes, birth: Mapping[bytes, bytes], offset: int | None) -> Head | None:
        """Takes the shard over, or gives birth to it at `offset`."""
        self._answer()
        check_field_names(birth)
        if shard not in self._shards:
            if offset is None:
                return None
            self._shards[shard] = _Shard({**birth, OFFSET: b"%d" % offset, COMMIT: b""})
        self._shards[shard].head[OWNER] = owner
        return head_of(self._shards[shard].head)

    async def load(self, shard: str, wanted: Mapping[str, Sequence[bytes]]) -> dict[str, list[bytes | None]]:
        """Values of the wanted fields, in the order asked."""
        self._answer()
        return {key: [self._key(shard, key).get(name) for name in names] for key, names in wanted.items()}

    async def scan(self, shard: str, key: str) -> dict[bytes, bytes]:
        """A copy of a whole key."""
        self._answer()
        return dict(self._key(shard, key))

    async def find(self, shard: str, key: str, pieces: Sequence[bytes]) -> list[bytes]:
        """Fields whose value holds any of the pieces."""
        self._answer()
        return [name for name, value in self._key(shard, key).items() if any(piece in value for piece in pieces)]

    async def commit(self, shard: str, commit: Commit) -> Refusal | None:
        """Compares, then writes everything or nothing."""
        self._answer()
        check_field_names(commit.head)
        found = self._shards.get(shard)
        verdict = _verdict(found, commit)
        if verdict is None and found is not None:
            _write(found, commit)
        if self.lost_replies:
            self.lost_replies -= 1
            raise Unavailable("the reply to this commit was lost; make the same commit again")
        return verdict if isinstance(verdict, Refusal) else None

    async def outbox(self, shard: str) -> list[bytes]:
        """Messages of the last commit."""
        self._answer()
        return list(self._shards[shard].outbox) if shard in self._shards else []

    async def wipe(self, shard: str) -> None:
        """Forgets the shard."""
        self._answer()
        self._shards.pop(shard, None)

    async def close(self) -> None:
        """Nothing to close; here so that either adapter can be closed."""

    def _answer(self) -> None:
        if self.down:
            raise Unavailable("the memory store was told to be down; set `down` to False")

    def _key(self, shard: str, key: str) -> dict[bytes, bytes]:
        return self._shards[shard].keys.get(key, {}) if shard in self._shards else {}


_STORED = "stored"


def _verdict(found: _Shard | None, commit: Commit) -> Refusal | str | None:
    """None to write; `_STORED` when this very commit is already there."""
    if found is None:
        return Refusal.EMPTY
    head = found.head
    if head[OWNER] != commit.owner:
        return Refusal.FENCED
    stored = int(head[OFFSET])
    if head[COMMIT] == commit.commit and stored == commit.offset:
        return _STORED
    if stored == commit.expected:
        return None
    return Refusal.REWOUND if stored < commit.expected else Refusal.UNEXPLAINED


def _write(found: _Shard, commit: Commit) -> None:
    """Deletes come before writes, as in commit.lua: a key both dropped and written is replaced."""
    for key in commit.dropped:
        found.keys.pop(key, None)
    found.head.update(commit.head)
    found.head.update({OFFSET: b"%d" % commit.offset, COMMIT: commit.commit})
    for key, names in commit.removed.items():
        for name in names:
            found.keys.get(key, {}).pop(name, None)
    for key, rows in commit.rows.items():
        found.keys.setdefault(key, {}).update(rows)
    if commit.outbox is not None:
        found.outbox = list(commit.outbox)
