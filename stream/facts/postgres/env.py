"""What Alembic runs: the connection comes from `migrate`."""

from alembic import context

from stream.facts.postgres.tables import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
)
context.run_migrations()
