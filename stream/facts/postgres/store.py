"""Facts in PostgreSQL: rows and positions in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from stream.errors import SettingsError, Unavailable
from stream.facts.columns import DAILY, FINDINGS, LABELS, SUM_NAMES
from stream.facts.days import as_date
from stream.facts.erasing import key_begin, nameless, rater_hash
from stream.facts.memory_store import follow
from stream.facts.port import Commit, DailyChange, Names, Row, Written
from stream.facts.postgres.migrate import migrate
from stream.facts.postgres.tables import DAILY_TABLE, FINDINGS_TABLE, LABELS_TABLE, NOTHING_STANDS, STATE
from stream.facts.standing import Day, Standing, first_standing
from stream.transport.faults import Fault, Point, no_fault

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAY = DAILY_TABLE.c.day
_MINE = (sa.bindparam("of_day") == _DAY) & (DAILY_TABLE.c.row_key == sa.bindparam("of_key"))
_news = insert(DAILY_TABLE)
_ADD = _news.on_conflict_do_update(
    index_elements=["day", "row_key"],
    set_={name: DAILY_TABLE.c[name] + _news.excluded[name] for name in SUM_NAMES},
)
_CORRECT = (
    sa.update(DAILY_TABLE).where(_MINE).values({name: DAILY_TABLE.c[name] + sa.bindparam(name) for name in SUM_NAMES})
)


class PostgresStore:
    """The FactStore port on a database at `url` (postgresql://…); brings its tables to this version.

    Raises SettingsError for an address that is none, Unavailable when the server does not answer.
    """

    def __init__(self, url: str, fault: Fault = no_fault) -> None:
        self._engine, self._fault = _engine(url), fault
        with _answering():
            migrate(self._engine)
            with self._engine.begin() as connection:
                begun = msgspec.json.encode(first_standing()).decode()
                connection.execute(insert(STATE).values(id=1, number=0, standing=begun).on_conflict_do_nothing())

    def standing(self) -> Standing:
        with _answering(), self._engine.connect() as connection:
            return _standing(connection)

    def commit(self, commit: Commit) -> Written:
        with self._writing(commit.standing) as connection:
            named = [change for change in commit.daily if change.names is not None]
            others = [change for change in commit.daily if change.names is None]
            if named:
                connection.execute(_ADD, [_row(change) for change in named])
            corrected = connection.execute(_CORRECT, [_correction(one) for one in others]).rowcount if others else 0
            days = sorted({as_date(change.day) for change in commit.daily})
            connection.execute(sa.delete(DAILY_TABLE).where(_DAY.in_(days), NOTHING_STANDS))
            written = {
                DAILY.name: len(named) + corrected,
                FINDINGS.name: _add_told(connection, FINDINGS_TABLE, commit.findings),
                LABELS.name: _add_told(connection, LABELS_TABLE, commit.labels),
            }
            for rater in commit.erased:
                _erase(connection, rater)
        return Written(written, len(others) - corrected)

    def prune(self, standing: Standing) -> int:
        return self._remove(standing, lambda table: table.c.day < as_date(standing.first_day))

    def remove(self, standing: Standing, first: Day, until: Day) -> int:
        return self._remove(standing, lambda table: table.c.day.between(as_date(first), as_date(until - 1)))

    def rows_of(self, rater_id: str) -> dict[str, list[dict[str, Any]]]:
        """All rows about a rater, by table."""
        with _answering(), self._engine.connect() as connection:
            return {
                table.name: [
                    dict(row)
                    for row in connection.execute(sa.select(table).where(table.c.rater_id == rater_id)).mappings()
                ]
                for table in (DAILY_TABLE, FINDINGS_TABLE)
            }

    def close(self) -> None:
        """Gives all connections back."""
        self._engine.dispose()

    def _remove(self, standing: Standing, going: Callable[[sa.Table], "sa.ColumnElement[bool]"]) -> int:
        with self._writing(standing) as connection:
            tables = (DAILY_TABLE, FINDINGS_TABLE, LABELS_TABLE)
            return sum(connection.execute(sa.delete(table).where(going(table))).rowcount for table in tables)

    @contextmanager
    def _writing(self, standing: Standing) -> Iterator[sa.Connection]:
        """One transaction that also moves the positions; nobody else writes meanwhile."""
        with _answering():
            with self._engine.begin() as connection:
                follow(_standing(connection, for_update=True), standing)
                yield connection
                data = msgspec.json.encode(standing).decode()
                connection.execute(sa.update(STATE).values(number=standing.number, standing=data))
                self._fault("facts", Point.BEFORE_COMMIT)
            self._fault("facts", Point.AFTER_COMMIT)


def _engine(url: str) -> sa.Engine:
    try:
        place = make_url(url)
    except ArgumentError:
        raise SettingsError("the store of facts has no address: write postgresql://USER@HOST/NAME") from None
    return sa.create_engine(place.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        # Only the driver's own words: the statement's values are about people.
        raise Unavailable(f"the database of facts does not answer: {str(error.orig).splitlines()[0]}") from None


def _standing(connection: sa.Connection, *, for_update: bool = False) -> Standing:
    found = sa.select(STATE.c.standing)
    text = connection.execute(found.with_for_update() if for_update else found).scalar_one()
    return msgspec.json.decode(text, type=Standing)


def _row(change: DailyChange) -> dict[str, Any]:
    names = change.names._asdict() if change.names else {}
    return {"day": as_date(change.day), "row_key": change.row_key, **names, **_sums(change)}


def _correction(change: DailyChange) -> dict[str, Any]:
    return {"of_day": as_date(change.day), "of_key": change.row_key, **_sums(change)}


def _sums(change: DailyChange) -> dict[str, int]:
    return dict(zip(SUM_NAMES, change.sums.tolist(), strict=True))


def _add_told(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> int:
    if not rows:
        return 0
    moments = [column.name for column in table.c if isinstance(column.type, sa.DateTime)]
    values = [
        {**row, "day": as_date(row["day"]), **{name: _EPOCH + row[name] * _MILLISECOND for name in moments}}
        for row in rows
    ]
    added = insert(table).on_conflict_do_nothing().returning(table.c.day)
    return len(connection.execute(added, values).all())


def _erase(connection: sa.Connection, rater: int) -> None:
    """Moves the rater's numbers to rows without a name, and removes findings."""
    mine = sa.func.substr(DAILY_TABLE.c.row_key, 1, len(key_begin(rater))) == key_begin(rater)
    gone = connection.execute(sa.delete(DAILY_TABLE).where(mine).returning(DAILY_TABLE)).mappings().all()
    for row in gone:
        key, names = nameless(Names(*(row[name] for name in Names._fields)))
        sums = {name: row[name] for name in SUM_NAMES}
        connection.execute(_ADD, {"day": row["day"], "row_key": key, **names._asdict(), **sums})
    raters = connection.execute(sa.select(FINDINGS_TABLE.c.rater_id).distinct()).scalars()
    theirs = [rater_id for rater_id in raters if rater_id is not None and rater_hash(rater_id) == rater]
    connection.execute(sa.delete(FINDINGS_TABLE).where(FINDINGS_TABLE.c.rater_id.in_(theirs)))
