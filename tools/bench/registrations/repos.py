"""The cost of a registration with few and with many manifests, and the time to a new site."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo, opened
from provisioning.munki.layout import Destination
from provisioning.munki.manifests.documents import dumps
from provisioning.registrations import register
from tests.support.acting import did
from tests.support.inputs.manifests import merge
from tests.support.installation import CHANNEL
from tools.bench.contenders.contenders import BY, migrated
from tools.bench.contenders.places import PLACES, RepoPlace
from tools.bench.harness.effort import Effort
from tools.bench.harness.serials import registered
from tools.bench.harness.table import Row

FEW = 10
MAX_RATIO = 1.25  # times: what two runs of the same differ in
SOON = 5.0  # seconds
TRIES = 200


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """One Mac registered beside few and many manifests, in each kind of repo."""
    folder.mkdir()
    for place in PLACES:
        yield from _rows(effort, folder / place.name, place)


def _rows(effort: Effort, folder: Path, place: RepoPlace) -> Iterator[Row]:
    folder.mkdir()
    with (
        place.made(folder) as made,
        environment(made.settings),
        migrated(f"sqlite:///{folder}/rollcall.sqlite3") as database,
    ):
        repo = opened(made.settings["MUNKI_REPO"], folder / "copy")
        made.edit(_manifests(0, FEW))
        few = _registering(database, repo, 0)
        made.edit(_manifests(FEW, effort.manifests))
        many = _registering(database, repo, TRIES)
        yield Row(
            f"one Mac registered, {effort.manifests:,} manifests in {place.title}",
            f"{many * 1000:.1f} ms",
            f"the same (≤ {MAX_RATIO})",
            many / few <= MAX_RATIO,
            beside=f"with {FEW}: {few * 1000:.1f} ms",
            ratio=f"{many / few:.2f}",
        )
        made.edit({"manifests/included_manifests/sites/atlantis": dumps("atlantis", {})})
        late = seconds_until_offered(repo, "atlantis")
        yield Row(
            f"a new site is offered, {place.title}",
            f"after {late:.1f} s",
            f"< {SOON:.0f} s",
            late < SOON,
        )


def _manifests(first: int, end: int) -> dict[str, bytes | None]:
    content = dumps("any", merge(None, Destination("london", "design")))
    return {f"manifests/OLD{number:07}": content for number in range(first, end)}


def _registering(database: Database, repo: MunkiRepo, first: int) -> float:
    """The median of single registrations, the places looked up as for a command; seconds."""
    seconds = []
    repo.now().destination("London", "DESIGN")
    for serial in registered(first, first + TRIES):
        began = time.perf_counter()
        to = repo.now().destination("London", "DESIGN")
        with database.begin() as session:
            act = did(session, "registered", by=BY)
            register.register(session, [serial], to, operation=act, channel=CHANNEL)
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def seconds_until_offered(repo: MunkiRepo, site: str) -> float:
    """Return the seconds until a new site is offered, twice SOON at most."""
    began = time.monotonic()
    while site not in repo.now().sites() and time.monotonic() - began < 2 * SOON:
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def environment(settings: Mapping[str, str]) -> Iterator[None]:
    """The environment that the libraries of buckets read."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
