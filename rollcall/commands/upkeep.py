"""Commands that bring something up to date."""

import click

import provisioning.tables  # noqa: F401 - foreign keys name tables by their names
from provisioning import deliveries, migrations, schema
from provisioning.database import Database
from provisioning.policy import PolicyFile
from provisioning.settings import RepoSettings, Settings, read


@click.command()
def migrate() -> None:
    """Bring the database's schema up to date; safe to repeat."""
    database = Database(read(Settings).database_url)
    migrations.upgrade(database)
    database.close()
    click.echo(f"The database is at {schema.REVISION}.")


@click.command()
def resend() -> None:
    """Owe Slack what it refused for good, once the reason is mended.

    To ROLLCALL_CHANNEL, but what is for a site's own channel to that.
    """
    settings = read(RepoSettings)
    sites = PolicyFile(settings.policy).policy.channels
    database = Database(settings.database_url)
    with database.begin() as session:
        number = deliveries.unpark(session, settings.channel, sites=sites)
    database.close()
    click.echo(f"{number} messages are owed again.")
