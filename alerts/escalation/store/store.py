"""The database of the escalation service: SQLite by default, PostgreSQL where several processes share it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from alerts.escalation.store.migrate import migrate
from stream.errors import SettingsError, Unavailable

_LOCK = text("SELECT pg_advisory_xact_lock(7309412)")
_BUSY_MS = 15_000  # how long a writer of SQLite waits for another one


class Store:
    """An open database. One value a process; sessions are short, from any thread."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # Threads of this process take turns here: SQLite lets those who wait for it sleep, ever longer.
        self._turn = threading.Lock()

    @classmethod
    def open(cls, url: str) -> Self:
        """Opens `url` (sqlite:///PATH or postgresql://…) and brings its tables to this version.

        Raises SettingsError for an address that is none, Unavailable when the server does not answer.
        """
        store = cls(_engine(url))
        try:
            migrate(store.engine)
        except OperationalError as error:
            raise Unavailable(f"the database of cases does not answer: {_plain(error)}") from None
        return store

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end of the block, rolled back by any error.

        One at a time, on both databases and over all processes: the audit is one chain, and people, deliveries and
        deadlines change the same case. Keep it short; send nothing while it is open.
        """
        with self._turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
            connection = session.connection(execution_options={"raterwatch_writes": True})
            if connection.dialect.name == "postgresql":
                connection.execute(_LOCK)
            yield session

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    try:
        place = make_url(url)
    except ArgumentError:
        raise SettingsError("database: is no address; write sqlite:///PATH or postgresql://USER@HOST/NAME") from None
    if place.get_backend_name() == "sqlite":
        if place.database and place.database != ":memory:":
            Path(place.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(place, connect_args={"timeout": _BUSY_MS / 1_000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if place.get_backend_name() == "postgresql":
        return create_engine(place.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    raise SettingsError(f"database: {place.get_backend_name()} is not supported; use sqlite or postgresql")


def _prepare_sqlite(connection: object, _record: object) -> None:
    # The driver would begin transactions late, when it sees the first write, and two readers could then both fail.
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: object) -> None:
    writes = connection.get_execution_options().get("raterwatch_writes")  # type: ignore[attr-defined]
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")  # type: ignore[attr-defined]


def _plain(error: OperationalError) -> str:
    """The driver's words, without the statement and without an address that may hold a password."""
    return str(error.orig).strip().splitlines()[0]
