"""The command that looks at a Munki repo as it is, and says how Rollcall can move in."""

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.layout.finder.report import Report
from provisioning.munki.layout.finder.shape import read_repo
from provisioning.munki.locations import store
from provisioning.munki.storage import FolderStore, Store
from provisioning.policy import load

USUAL = "/munki_repo"  # where the image has it
CLONING = 600.0  # seconds; a repo with packages in it takes its time
_GIT = re.compile(r"(git\+)?(https?|ssh|file)://.+")
_SCP = re.compile(r"(?P<login>[\w.-]+@[\w.-]+):(?P<path>[^/].*)")  # as git's own hosts show it


@click.command()
@click.argument("place", metavar="[PATH|URL]", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document.")
@click.option(
    "--policy",
    metavar="FILE",
    help="Show what the [munki] table in FILE makes of the repo, or its faults.",
)
@click.option(
    "--from-current",
    is_flag=True,
    help="After a change of [munki]: show the names that lead elsewhere, and their new ones.",
)
@click.option(
    "--rename",
    "renames",
    metavar="KIND:OLD=NEW",
    multiple=True,
    help="With --from-current: what a site or a build is called now, such as site:leeds=uk/leeds.",
)
@click.option("--yes", "sure", is_flag=True, help="With --from-current: rename what is shown.")
@click.option("--undo", is_flag=True, help="Take the last --from-current --yes back.")
def adopt(
    place: str | None,
    *,
    as_json: bool,
    policy: str | None,
    from_current: bool,
    renames: tuple[str, ...],
    sure: bool,
    undo: bool,
) -> None:
    """Look at the Munki repo at PATH or URL as it is, and propose the [munki] table that fits it.

    Says what the repo has, what is broken in it, and what the manifests of five existing Macs would
    become. Writes nothing, and needs no settings, Slack or database. The default is MUNKI_REPO, or
    /munki_repo. Exits 1 where nothing fits.

    With --from-current and --undo it reads the settings of the server instead, and its database:
    registrations, open benches, keys and counters get the names of the present layout.
    """
    if from_current or undo:
        if place or as_json or policy or (from_current and undo):
            raise click.UsageError("--from-current and --undo go with no place, and not together.")
        _change_layout(renames, sure=sure, undo=undo)
        return
    if renames or sure:
        raise click.UsageError("--rename and --yes go with --from-current.")
    table = load(_path(policy)).munki if policy else None
    with _opened(place or os.environ.get("MUNKI_REPO") or USUAL) as repo:
        shape = read_repo(repo, table.root if table else None)
    report = Report.of_layout(shape, table.layout) if table else Report.proposing(shape)
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    else:
        for line in report.as_text():
            click.echo(_visible(line))
    if not report.fits:
        sys.exit(1)


def _change_layout(renames: tuple[str, ...], *, sure: bool, undo: bool) -> None:
    from rollcall.cli import layout_change  # a look at a repo needs no settings and no database

    if undo:
        layout_change.undo()
    else:
        layout_change.rename(layout_change.said_names(renames), sure=sure)


@contextmanager
def _opened(place: str) -> Iterator[Store]:
    """The repo at a place; one in git is cloned, and the clone removed behind it."""
    scp = _SCP.fullmatch(place)
    url = f"ssh://{scp['login']}/{scp['path']}" if scp else place
    if not _GIT.match(url):
        yield store(url) if url.startswith("s3://") else _folder(_path(url))
        return
    from provisioning.munki.storage.git import GitLocation, GitStore, RefreshPace

    location = GitLocation.parse(f"git+{url.removeprefix('git+')}")
    with tempfile.TemporaryDirectory(prefix="rollcall-adopt-", ignore_cleanup_errors=True) as home:
        yield GitStore(location, Path(home), RefreshPace(first=CLONING))


def _folder(path: Path) -> Store:
    if not path.is_dir():
        raise RepoUnusable(f"there is no folder {path}")
    return FolderStore(path)


def _path(text: str) -> Path:
    """A path as it was typed: boot.sh goes elsewhere."""
    return Path(os.environ.get("CALLED_FROM", ""), text)


def _visible(line: str) -> str:
    """A line without what a terminal would take for a command: names of files can hold anything."""
    return "".join(each if each.isprintable() else "?" for each in line)
