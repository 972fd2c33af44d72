"""Sites and builds of a large repo as a menu offers them, and those in folders of folders."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from bot.slack import modals
from provisioning.munki import MunkiRepo, opened
from provisioning.munki.manifests.documents import dumps
from provisioning.policy import PolicyFile
from tests.support.inputs.manifests import BUILDS, SITES
from tools.bench.contenders.places import PLACES, RepoPlace
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import percentile, timed
from tools.bench.harness.table import Row
from tools.bench.registrations.repos import SOON, environment, seconds_until_offered

COLD, WARM = 1000, 200  # ms
INDEXED = 1.0  # seconds
TRIES = 9
REGIONS, CITIES = 20, 200  # folders in which nested sites lie


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """Offered in a folder; nested ones in each place."""
    folder.mkdir()
    yield _offered(effort, folder / "offered")
    for place in PLACES:
        yield from _nested(effort, folder / place.name, place)


def _offered(effort: Effort, folder: Path) -> Row:
    """The options of both menus of the form: at first, and while a person types."""
    folder.mkdir()
    with PLACES[0].made(folder) as made:
        kinds = ((SITES, "site"), (BUILDS, "build"))
        empty = dumps("any", {})
        made.edit(
            {
                f"manifests/{kind}{word}{number:05}": empty
                for kind, word in kinds
                for number in range(effort.places)
            }
        )
        location = made.settings["MUNKI_REPO"]

        def look_anew() -> None:
            _options(opened(location), "")

        cold = median(timed(look_anew) * 1000 for _ in range(TRIES))
        repo = opened(location)
        typed = ["", "9", "site0099", "nothing of the kind"]
        warm = percentile(
            [timed(partial(_options, repo, text)) * 1000 for text in typed * TRIES], 95
        )
    return Row(
        f"{effort.places:,} sites and as many builds offered",
        f"by a worker that never looked: {cold:.0f} ms; then p95 {warm:.0f} ms",
        f"≤ {COLD:,} ms, then ≤ {WARM} ms",
        cold <= COLD and warm <= WARM,
    )


def _options(repo: MunkiRepo, text: str) -> None:
    """Do what the listeners of the form's menus do."""
    policy, view = PolicyFile(None).policy, repo.now()
    sites = (modals.MenuChoice(name, policy.title_of(name)) for name in view.sites())
    modals.matching(sites, {"value": text})
    tables = ((name, policy.build(name)) for name in view.builds())
    builds = (
        modals.MenuChoice(name, table.title or name, table.description) for name, table in tables
    )
    modals.matching(builds, {"value": text})


def _nested(effort: Effort, folder: Path, place: RepoPlace) -> Iterator[Row]:
    folder.mkdir()
    with place.made(folder) as made, environment(made.settings):
        made.edit(dict.fromkeys(_paths(effort.nested), dumps("any", {})))
        location, copy = made.settings["MUNKI_REPO"], folder / "copy"
        known = opened(location, copy)
        known.now().sites()  # in git, this makes the clone
        seconds = median(
            timed(lambda: _indexed(location, copy, effort.nested)) for _ in range(TRIES)
        )
        yield Row(
            f"{effort.nested:,} nested sites and builds indexed, {place.title}",
            f"{seconds:.2f} s",
            f"≤ {INDEXED:.0f} s" if place is PLACES[0] else "",
            seconds <= INDEXED if place is PLACES[0] else None,
        )
        made.edit({f"manifests/{SITES}region07/city007/atlantis": dumps("any", {})})
        late = seconds_until_offered(known, "region07/city007/atlantis")
        yield Row(
            f"a new site in a folder of folders is offered, {place.title}",
            f"after {late:.1f} s",
            f"< {SOON:.0f} s",
            late < SOON,
        )


def _indexed(location: str, copy: Path, number: int) -> None:
    """Look at a repo as a worker that never did."""
    view = opened(location, copy).now()
    if len(view.sites()) + len(view.builds()) < number:
        raise RuntimeError(f"there are {number}, and not all are offered")


def _paths(number: int) -> Iterator[str]:
    """The files of so many sites and builds, half of each."""
    for each in range(number // 2):
        place = f"region{each % REGIONS:02}/city{each % CITIES:03}"
        yield f"manifests/{SITES}{place}/site{each:05}"
        yield f"manifests/{BUILDS}{place}/build{each:05}"
