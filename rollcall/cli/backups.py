"""Commands that back up the whole database as one file, and restore it."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO

import click

from infrastructure.errors import RollcallError
from infrastructure.findings import shortened
from infrastructure.text import minute
from provisioning.diagnostics import Advice, compare
from provisioning.maintenance import backups
from provisioning.maintenance.backups import Restored
from provisioning.registrations.models import Registration
from rollcall.application import Application
from rollcall.cli.typed import called_path
from rollcall.settings import RepoSettings, Settings, read

STANDARD = "-"  # standard input or output
NOT_HELD = (
    "A backup does not hold ROLLCALL_SECRET_KEY and the other settings (.env), your templates, the "
    "policy file and the Munki repo: keep those elsewhere."
)


@click.command()
@click.argument("file", metavar="FILE|-")
def backup(file: str) -> None:
    """Write the whole database into FILE, or to standard output, while everything runs.

    FILE is read back before it has that name. docs/how-to/backup.md says more.
    """
    settings = read(Settings)
    backups.refuse_missing(settings.connection_url)
    with Application(settings) as application:
        if file == STANDARD:
            with _standard_output() as output:
                taken = backups.take(application.database, output)
        else:
            taken = backups.take_to_file(application.database, str(called_path(file)))
    note = "" if file == STANDARD else f", read back from {file}"
    _say(f"Backed up {_content(taken.counts)}: {taken.size:,} bytes{note}.")
    if taken.left_out:
        _say(f"Left out, as Rollcall has no such columns: {', '.join(taken.left_out)}.")
    _say(NOT_HELD)


@click.command()
@click.argument("file", metavar="FILE|-")
@click.option("--replace", is_flag=True, help="Replace the registrations that are there now.")
def restore(file: str, *, replace: bool) -> None:
    """Put the backup in FILE, or from standard input, into the database, in place of all there.

    All of Rollcall has to be stopped. docs/how-to/backup.md says more.
    """
    url = read(Settings).connection_url
    with _source(file) as source:
        restored = backups.restore(url, source, replace=replace)
    for line in _outcome(restored):
        _say(line)
    _say(NOT_HELD)
    for line in _disagreements():
        _say(line)


def _outcome(restored: Restored) -> Iterator[str]:
    taken_at = minute(restored.header.taken_at)
    yield f"Restored {_content(restored.counts)}, as of {taken_at}."
    if restored.kept_as:
        yield f"What was there before is kept as {restored.kept_as}: remove it when you like."
    if restored.without_nul:
        yield (
            f"Rows with a NUL in a text, which PostgreSQL does not take: {restored.without_nul:,}. "
            "It is U+FFFD now."
        )
    if restored.doubtful:
        yield (
            f"Messages that Slack was owed then: {restored.doubtful:,}. Each is looked for there "
            "before it is sent."
        )


def _disagreements() -> Iterator[str]:
    """Yield the differences between the manifests, which are newer, and the backup."""
    try:
        with Application(read(RepoSettings)) as application:
            database, repo = application.database, application.repo
            findings = compare(database, repo, Advice(application.command), datetime.now(UTC))
    except RollcallError as error:
        yield f"It was not compared with the manifests; `boot.sh doctor` does that. {error}"
    else:
        yield f"Compared with the manifests: {len(findings)} to look at (as `boot.sh doctor` does)."
        yield from (f"- {line}" for line in shortened(findings))


@contextmanager
def _standard_output() -> Iterator[IO[bytes]]:
    if sys.stdout.isatty():
        raise click.UsageError(
            "A backup is no text for a terminal: redirect it (`boot.sh backup - > FILE`; with "
            "docker compose exec, say -T)."
        )
    try:
        yield sys.stdout.buffer
    except OSError:
        # What is still in the buffer cannot be written either; Python would try so at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


@contextmanager
def _source(file: str) -> Iterator[IO[bytes]]:
    if file != STANDARD:
        with called_path(file).open("rb") as source:
            yield source
        return
    if sys.stdin.isatty():
        raise click.UsageError(
            "A backup is no text to be typed: redirect it (`boot.sh restore - < FILE`; with "
            "docker compose run, say -T)."
        )
    yield sys.stdin.buffer


def _content(counts: Mapping[str, int]) -> str:
    macs = counts.get(Registration.__tablename__, 0)
    rows = f"{sum(counts.values()):,} rows of {len(counts)} tables"
    return f"{macs:,} registration{'' if macs == 1 else 's'} ({rows})"


def _say(line: str) -> None:
    """Print on standard error: standard output may be the backup."""
    click.echo(line, err=True)
