"""What became of a tool's annotations: a deletion names nothing but the annotation's number.

Kept on the intake's own disk. It is needed once a deletion comes and else never, so it has no business in Redis, which
holds all in memory and stops the stream when it is full; and a topic can be searched for no key. A tool's webhook has
one address, hence one intake; batches may go to any other.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol

from stream.errors import SettingsError, Unavailable

_DAY_MS = 86_400_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS annotations (
    source TEXT NOT NULL, annotation_id TEXT NOT NULL, queue TEXT NOT NULL, item_id TEXT NOT NULL,
    rater_id TEXT, revision INTEGER NOT NULL, seen_ms INTEGER NOT NULL, PRIMARY KEY (source, annotation_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS annotations_by_age ON annotations (seen_ms);
"""
_FIND = (
    "SELECT source, annotation_id, queue, item_id, rater_id, revision FROM annotations "
    "WHERE source = ? AND annotation_id = ?"
)
_REMEMBER = (
    "INSERT INTO annotations VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, annotation_id) DO UPDATE SET "
    "queue = excluded.queue, item_id = excluded.item_id, rater_id = excluded.rater_id, "
    "revision = excluded.revision, seen_ms = excluded.seen_ms WHERE excluded.revision >= revision"
)


class Annotation(NamedTuple):
    """An annotation as it was last sent. `rater_id` is a pseudonym, None for a known answer; `source` is the token."""

    source: str
    annotation_id: str
    queue: str
    item_id: str
    rater_id: str | None
    revision: int


class Annotations(Protocol):
    """Remembers; calls block, and may raise Unavailable."""

    def find(self, source: str, annotation_id: str) -> Annotation | None: ...

    def remember(self, annotations: Sequence[Annotation], now_ms: int) -> None:
        """Durable once it returns. What is known at a higher revision stays."""


class MemoryAnnotations:
    """In a dictionary, for tests and for an intake without a data folder, which then knows until it ends."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Annotation] = {}

    def find(self, source: str, annotation_id: str) -> Annotation | None:
        return self.rows.get((source, annotation_id))

    def remember(self, annotations: Sequence[Annotation], now_ms: int) -> None:  # noqa: ARG002 (the port asks for it)
        for one in annotations:
            known = self.rows.get((one.source, one.annotation_id))
            if known is None or known.revision <= one.revision:
                self.rows[one.source, one.annotation_id] = one


class StoredAnnotations:
    """In SQLite: several intakes of one machine may share the file."""

    def __init__(self, folder: Path, days: int) -> None:
        """Raises SettingsError when the folder cannot be used."""
        self._days, self._lock = days, Lock()
        path = folder / "annotations.db"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            # What was answered for outlives a power cut too.
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(f"{path}: cannot be used ({error}); correct --data-folder or its rights") from None

    def find(self, source: str, annotation_id: str) -> Annotation | None:
        found = self._run(_FIND, [(source, annotation_id)])
        return Annotation(*found[0]) if found else None

    def remember(self, annotations: Sequence[Annotation], now_ms: int) -> None:
        self._run(_REMEMBER, [(*one, now_ms) for one in annotations])

    def drop_old(self, now_ms: int) -> int:
        """Forgets what was not seen for `days`; answers how many went."""
        before = now_ms - self._days * _DAY_MS
        return len(self._run("DELETE FROM annotations WHERE seen_ms < ? RETURNING source", [(before,)]))

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, rows: Iterable[tuple[object, ...]]) -> list[tuple[str, str, str, str, str | None, int]]:
        try:
            with self._lock:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    found = [row for values in rows for row in self._connection.execute(sql, values)]
                    self._connection.execute("COMMIT")
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise Unavailable(f"the intake's data folder cannot be used now ({error})") from None
        return found
