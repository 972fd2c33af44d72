"""The command line: `python -m rollcall COMMAND`."""

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from provisioning import deliveries, schema
from provisioning.database import Database
from provisioning.errors import RollcallError
from provisioning.policy import PolicyFile
from provisioning.settings import RepoSettings, ServerSettings, Settings, read
from rollcall import processes
from rollcall.commands import access


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
    from provisioning import migrations

    database = Database(read(Settings).database_url)
    migrations.upgrade(database)
    database.close()
    click.echo(f"The database is at {schema.REVISION}.")


@rollcall.command()
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


@rollcall.command()
def doctor() -> None:
    """Look for what is to be mended: the repo, the addresses, the clocks. Changes nothing."""
    from provisioning.doctor import examination, examined, shortened
    from provisioning.munki import opened

    settings = read(ServerSettings)
    database = Database(settings.database_url)
    findings = examined(examination(settings, database, opened(settings.munki_repo)))
    database.close()
    for line in shortened(findings):
        click.echo(f"- {line}")
    if findings:
        sys.exit(1)
    click.echo("There is nothing to mend.")


@rollcall.command()
@click.argument("serial")
@click.option("--site", help="What the Mac's script names as its site.")
@click.option("--build", help="What the Mac's script names as its build.")
def preview(serial: str, site: str | None, build: str | None) -> None:
    """Show what would happen to the Mac SERIAL if it booted now: its script, its manifest, why.

    Reads only. Secrets are left out.
    """
    from datetime import UTC, datetime

    from provisioning import previews
    from provisioning.munki import opened
    from provisioning.previewers import Previewer
    from provisioning.progress import Said
    from provisioning.serials import Serial
    from provisioning.settings import ServerSettings

    if bool(site) != bool(build):
        raise click.UsageError("Give --site and --build, or neither.")
    said = Said(site, build) if site and build else None
    settings = read(ServerSettings)
    looking = Previewer.of_server(settings, opened(settings.munki_repo))
    database = Database(settings.database_url)
    with database.reading() as session:
        policy, now = PolicyFile(settings.policy).policy, datetime.now(UTC)
        told = looking.preview(session, policy, Serial.parse(serial), said=said, at=now)
    database.close()
    click.echo(previews.as_text(told), nl=False)


rollcall.add_command(access.credentials)
rollcall.add_command(access.refusals)


def main() -> None:
    """Run a command; a known error is one sentence and exit code 1."""
    try:
        rollcall(prog_name="rollcall")
    except RollcallError as error:
        sys.exit(str(error))
    except (SQLAlchemyError, OSError) as error:
        sys.exit(f"Rollcall cannot run: {str(error).splitlines()[0]}")


if __name__ == "__main__":
    main()
