"""Brings the schema `facts` to the tables of this version, by Alembic, whenever a store is opened."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text
from sqlalchemy.schema import SetColumnComment, SetTableComment

from stream.facts.postgres.tables import SCHEMA, metadata

_LOCK = 7_309_413  # any number that is ours: of several processes that start at once, one migrates


def migrate(engine: Engine, to: str = "head") -> None:
    """Runs what is missing, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        _comment(connection)


def _comment(connection: Connection) -> None:
    """Says in the database what the declaration says: wording changes more often than tables."""
    for table in metadata.tables.values():
        connection.execute(SetTableComment(table))
        for column in table.columns:
            if column.comment:
                connection.execute(SetColumnComment(column))
