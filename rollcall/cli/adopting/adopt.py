"""The command that examines a Munki repo, and proposes Rollcall's settings for it."""

import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from provisioning.munki.errors import RepoUnusable
from provisioning.munki.layout.finder.report import AdoptionReport
from provisioning.munki.layout.finder.shape import read_repo
from provisioning.munki.locations import store
from provisioning.munki.manifests.reading import MANIFESTS
from provisioning.munki.storage import FolderStore, Store
from provisioning.policy import MunkiTable, Policy, load, missing_catalogs
from rollcall import secret_files
from rollcall.cli.typed import called_path

USUAL = "/munki_repo"  # where the image has it
CLONE_TIMEOUT = 600.0  # seconds; a repo with packages in it takes its time
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
    "--register",
    is_flag=True,
    help="Show which existing Macs would become registrations, and why others would not.",
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
@click.option(
    "--yes", "sure", is_flag=True, help="With --register or --from-current: do what is shown."
)
@click.option(
    "--undo", is_flag=True, help="Take the last --register --yes or --from-current --yes back."
)
def adopt(
    place: str | None,
    *,
    as_json: bool,
    policy: str | None,
    register: bool,
    from_current: bool,
    renames: tuple[str, ...],
    sure: bool,
    undo: bool,
) -> None:
    """Look at the Munki repo at PATH or URL as it is, and propose the [munki] table that fits it.

    Says what the repo has, what is broken in it, and what the manifests of five existing Macs would
    become. Writes nothing, and needs no settings, Slack or database. The default is MUNKI_REPO, or
    /munki_repo. Exits 1 where nothing fits.

    With --register, --from-current or --undo it reads the settings of the server instead, and its
    database. --register makes registrations of the Macs that have a manifest by serial, confirmed
    as they are found. --from-current gives registrations, open benches, keys, tokens, webhooks,
    screens and counters the names of the present layout, and those that --rename says.
    """
    modes = sum((register, from_current, undo))
    if modes > 1 or (modes and (place or as_json or policy)):
        raise click.UsageError(
            "--register, --from-current and --undo go with no place, and not together."
        )
    if renames and not from_current:
        raise click.UsageError("--rename goes with --from-current.")
    if sure and not (register or from_current):
        raise click.UsageError("--yes goes with --register or --from-current.")
    if register:
        _register(sure=sure)
    elif from_current:
        _rename(renames, sure=sure)
    elif undo:
        _undo()
    else:
        _look(place, policy, as_json=as_json)


def _look(place: str | None, policy: str | None, *, as_json: bool) -> None:
    given = load(called_path(policy)) if policy else None
    table = given.munki if given else None
    with _opened(place or secret_files.value("MUNKI_REPO") or USUAL) as repo:
        shape = read_repo(repo, table.root if table else None)
    report = (
        AdoptionReport.of_layout(shape, table.layout, table.catalogs)
        if table
        else AdoptionReport.proposing(shape)
    )
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    else:
        _say(report.as_text())
        if (found := report.proposal) is not None:
            proposed = MunkiTable(found.root, found.layout, found.catalogs)
            policy_file = given or Policy(munki=proposed)
            _say(missing_catalogs(policy_file, report.builds, shape.catalogs))
    if not report.fits:
        sys.exit(1)


def _rename(renames: tuple[str, ...], *, sure: bool) -> None:
    from rollcall.cli.adopting import (
        layout_change,  # a look at a repo needs no settings and no database
    )

    layout_change.rename(layout_change.chosen_names(renames), sure=sure)


def _register(*, sure: bool) -> None:
    from rollcall.cli.adopting import adoption

    _say(adoption.register(sure=sure))


def _undo() -> None:
    from rollcall.cli.adopting import adoption, layout_change

    if adoption.is_last():
        _say(adoption.undo())
    else:
        layout_change.undo()


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(_visible(line))


@contextmanager
def _opened(place: str) -> Iterator[Store]:
    """The repo at a place; one in git is cloned, and the clone removed behind it."""
    scp = _SCP.fullmatch(place)
    url = f"ssh://{scp['login']}/{scp['path']}" if scp else place
    if not _GIT.match(url):
        yield store(url) if url.startswith("s3://") else _folder(called_path(url))
        return
    from provisioning.munki.storage.git import GitLocation, GitStore, RefreshPace

    location = GitLocation.parse(f"git+{url.removeprefix('git+')}")
    with tempfile.TemporaryDirectory(prefix="rollcall-adopt-", ignore_cleanup_errors=True) as home:
        yield GitStore(location, Path(home), RefreshPace(first=CLONE_TIMEOUT))


def _folder(path: Path) -> Store:
    if not path.is_dir():
        raise RepoUnusable(f"there is no folder {path}")
    manifests = path / MANIFESTS
    if manifests.is_symlink() and not manifests.is_dir():
        raise RepoUnusable(
            f"{manifests} is a link to {manifests.readlink()}, which is not there; a container "
            "needs that folder mounted at the same path"
        )
    return FolderStore(path)


def _visible(line: str) -> str:
    """Return a line without control characters: names of files can contain anything."""
    return "".join(each if each.isprintable() else "?" for each in line)
