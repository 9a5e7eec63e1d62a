"""Alembic's entry point: run the revisions on the connection, and in the transaction, given."""

from alembic import context

from mdm.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
