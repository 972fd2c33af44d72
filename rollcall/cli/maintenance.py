"""Commands of maintenance: migrations, and messages that Slack refused."""

import click

from infrastructure.database import schema_version
from infrastructure.database.engine import Database
from provisioning.outbox.refusals import refused_messages
from rollcall.application import Application
from rollcall.settings import RepoSettings, Settings, read


@click.command()
def migrate() -> None:
    """Bring the database's schema up to date; safe to repeat."""
    with Application(read(Settings)) as application:
        if not _is_up_to_date(application.database):
            from infrastructure.database import migrations

            migrations.upgrade(application.database)
    click.echo(f"The database is at {schema_version.REVISION}.")


def _is_up_to_date(database: Database) -> bool:
    """Look without loading the tool that runs migrations."""
    with database.reading() as session:
        return schema_version.current(session) == schema_version.REVISION


@click.command()
def resend() -> None:
    """Enqueue again what Slack refused, once the reason is fixed.

    To ROLLCALL_CHANNEL, but what is for a site's own channel to that.
    """
    with Application(read(RepoSettings)) as application:
        sites = application.policy.policy.channels
        with application.database.begin() as session:
            number = refused_messages.resend(session, application.channel, sites=sites)
    click.echo(f"{number} messages are pending again.")
