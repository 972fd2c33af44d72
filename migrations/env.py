"""Alembic's entry: migrates the connection it is given, or the one that the settings name."""

from alembic import context
from sqlalchemy import Connection

from provisioning.maintenance.tables import Base
from rollcall.application import Application
from rollcall.settings import Settings, read


def migrate(connection: Connection) -> None:
    """Run the migrations in the transaction of `connection`."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with Application(read(Settings)) as application, application.database.begin() as session:
        migrate(session.connection())
