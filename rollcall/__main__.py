"""The command line: `python -m rollcall COMMAND`."""

import sys

import click

from provisioning.errors import RollcallError
from provisioning.settings import RepoSettings, Settings, read
from rollcall import processes


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def rollcall() -> None:
    """Deploy Macs from Slack. Settings come from the environment; README.md lists them."""


@rollcall.command()
def server() -> None:
    """Serve the Macs, and Slack where it speaks HTTP."""
    processes.server()


@rollcall.command()
def bot() -> None:
    """Listen to Slack in Socket Mode."""
    processes.bot()


@rollcall.command()
def courier() -> None:
    """Deliver what is owed to Slack."""
    processes.courier()


@rollcall.command()
def clerk() -> None:
    """Read files and photos, draw statistics, notice silence."""
    processes.clerk()


@rollcall.command()
def migrate() -> None:
    """Bring the database's schema up to date; safe to repeat."""
    from provisioning import migrations, schema
    from provisioning.database import Database

    database = Database(read(Settings).database_url)
    migrations.upgrade(database)
    database.close()
    click.echo(f"The database is at {schema.REVISION}.")


@rollcall.command()
def resend() -> None:
    """Owe Slack what it refused for good, once the reason is mended.

    To ROLLCALL_CHANNEL, but what is for a site's own channel to that.
    """
    from provisioning import deliveries
    from provisioning.database import Database
    from provisioning.policy import PolicyFile

    settings = read(RepoSettings)
    sites = PolicyFile(settings.policy).policy.channels
    database = Database(settings.database_url)
    with database.begin() as session:
        number = deliveries.unpark(session, settings.channel, sites=sites)
    database.close()
    click.echo(f"{number} messages are owed again.")


def main() -> None:
    """Run a command; a known error is one sentence and exit code 1."""
    try:
        rollcall(prog_name="rollcall")
    except RollcallError as error:
        sys.exit(str(error))
    except Exception as error:
        if not _is_of_this_machine(error):
            raise
        sys.exit(f"Rollcall cannot run: {str(error).splitlines()[0]}")


def _is_of_this_machine(error: Exception) -> bool:
    """Whether the system or the database said it: SQLAlchemy is loaded where one was opened."""
    sqlalchemy = sys.modules.get("sqlalchemy.exc")
    return isinstance(error, OSError) or (
        sqlalchemy is not None and isinstance(error, sqlalchemy.SQLAlchemyError)
    )


if __name__ == "__main__":
    main()
