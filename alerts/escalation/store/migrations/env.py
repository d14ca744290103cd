"""What Alembic runs: the connection comes from `migrate`, or from `alembic -x url=…` while a migration is written."""

from alembic import context
from sqlalchemy import create_engine

from alerts.escalation.store.tables import Table


def _run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    with create_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as connection:
        _migrate(connection)


def _migrate(connection: object) -> None:
    # SQLite changes a table by making it anew, hence batches.
    context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)  # type: ignore[arg-type]
    context.run_migrations()


_run()
