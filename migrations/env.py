"""Alembic's entry: migrates the connection it is given, or the one that the settings name."""

from alembic import context
from sqlalchemy import Connection

from provisioning.database import Database
from provisioning.settings import Settings, read
from provisioning.tables import Base


def migrate(connection: Connection) -> None:
    """Run the migrations in the transaction of `connection`."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with Database(read(Settings).database_url).begin() as session:
        migrate(session.connection())
