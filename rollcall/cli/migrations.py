"""The command that upgrades the schema, or downgrades it for an older release."""

import sys

import click

from infrastructure.database.engine import Database
from infrastructure.database.schema import versions
from rollcall.application import Application
from rollcall.cli.typed import called_path
from rollcall.settings import Settings, read

_NO_WAY_BACK = (
    "--backup is for the way back, by --to. Before an upgrade, the release that runs writes one: "
    "boot.sh backup FILE."
)


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 where this release needs that.")
@click.option("--to", "revision", metavar="REVISION", help="Go to this schema, back for instance.")
@click.option("--backup", metavar="FILE", help="Before going back, write a backup into FILE.")
@click.option("--force", is_flag=True, help="Also while parts run that do not work with it.")
def migrate(*, check: bool, revision: str | None, backup: str | None, force: bool) -> None:
    """Bring the database's schema up to date; safe to repeat.

    Servers of the release before go on meanwhile, where a newer schema lets them; where parts run
    that would not work with it, it is refused. Before an older release is started that does not
    work with the schema, the newer one takes it back by --to. docs/how-to/upgrading.md says more.
    """
    if check and (revision or backup or force):
        raise click.UsageError("--check changes nothing: say it alone.")
    if backup is not None and revision is None:
        raise click.UsageError(_NO_WAY_BACK)
    with Application(read(Settings)) as application:
        database = application.database
        version = _version(database)
        if check:
            click.echo(f"The database {version}.")
            sys.exit(0 if version.is_ours else 1)
        target = revision or max(version.revision, versions.REVISION)
        if target != version.revision and not force:
            _check_running(database, version, target)
        if revision is not None and revision != version.revision:
            _go_to(database, revision, version, backup)
        elif revision is None and version.revision != versions.REVISION:
            from infrastructure.database.schema import migrations

            migrations.upgrade(database)
        elif backup is not None:
            click.echo("It is there already: no backup was written.")
        version = _version(database)
        if revision is None or version.is_ours:
            click.echo(f"The database {version}.")
        else:
            click.echo(f"The database is at {revision}: start the release that works with it.")


def _version(database: Database) -> versions.SchemaVersion:
    """Return the schema's version, without loading the tool that runs migrations."""
    with database.reading() as session:
        return versions.of(session)


def _check_running(database: Database, version: versions.SchemaVersion, target: str) -> None:
    from infrastructure.database.schema import migrations
    from infrastructure.heartbeats import running

    with database.reading() as session:
        running.check(session, version, migrations.version_at(target))


def _go_to(
    database: Database, revision: str, version: versions.SchemaVersion, backup: str | None
) -> None:
    from infrastructure.database.schema import migrations

    migrations.check_known(revision)
    if revision > version.revision:
        if backup is not None:
            raise click.UsageError(_NO_WAY_BACK)
        with database.begin() as session:
            migrations.hold(session.connection())
            migrations.bring_to(session.connection(), revision)
        return
    if backup is not None:
        from provisioning.maintenance import backups

        taken = backups.take_to_file(database, str(called_path(backup)))
        click.echo(f"Backed up {sum(taken.counts.values()):,} rows: {taken.size:,} bytes.")
    migrations.go_back(database, revision, may_lose=backup is not None)
