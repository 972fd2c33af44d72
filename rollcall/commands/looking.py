"""Commands that look, and change nothing."""

import sys
from datetime import UTC, datetime

import click
from sqlalchemy.exc import SQLAlchemyError

import provisioning.tables  # noqa: F401 - foreign keys name tables by their names
from provisioning import previews
from provisioning.database import Database
from provisioning.doctor import Finding, absences, examination, examined, shortened
from provisioning.munki import opened
from provisioning.plans import Said
from provisioning.policy import PolicyFile
from provisioning.previewers import Previewer
from provisioning.serials import Serial
from provisioning.settings import ServerSettings, read
from rollcall import heartbeats


@click.command()
def doctor() -> None:
    """Look for what is to be mended: repo, addresses, clocks, keys, processes. Changes nothing."""
    settings = read(ServerSettings)
    database = Database(settings.database_url)
    repo = opened(settings.munki_repo, settings.repo_copy)
    findings = [*examined(examination(settings, database, repo)), *_absences(database)]
    database.close()
    for line in shortened(tuple(dict.fromkeys(findings))):
        click.echo(f"- {line}")
    if findings:
        sys.exit(1)
    click.echo("There is nothing to mend.")


def _absences(database: Database) -> list[Finding]:
    try:
        with database.reading() as session:
            return absences(session, ("server", *heartbeats.wanted()))
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        return [Finding("the database", f"The database cannot be used: {reason}.", "")]


@click.command()
@click.argument("serial")
@click.option("--site", help="What the Mac's script names as its site.")
@click.option("--build", help="What the Mac's script names as its build.")
def preview(serial: str, site: str | None, build: str | None) -> None:
    """Show what would happen to the Mac SERIAL if it booted now: its script, its manifest, why.

    Reads only. Secrets are left out.
    """
    if bool(site) != bool(build):
        raise click.UsageError("Give --site and --build, or neither.")
    said = Said(site, build) if site and build else None
    settings = read(ServerSettings)
    looking = Previewer.of_server(settings, opened(settings.munki_repo, settings.repo_copy))
    database = Database(settings.database_url)
    with database.reading() as session:
        policy, now = PolicyFile(settings.policy).policy, datetime.now(UTC)
        told = looking.preview(session, policy, Serial.parse(serial), said=said, at=now)
    database.close()
    click.echo(previews.as_text(told), nl=False)
