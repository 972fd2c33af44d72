"""Sites and builds: their manifests, templates and Macs, and what they lack."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, case, func, literal_column, select
from sqlalchemy.orm import Session

from infrastructure.findings import Finding
from infrastructure.text import Sentence
from provisioning.clients.templates.catalog import TemplateCatalog
from provisioning.munki import Destination, MunkiRepo, RepoView
from provisioning.munki.layout import Include, ManifestKind
from provisioning.munki.layout.finder.keeping_out import not_offered
from provisioning.munki.manifests.documents import FOLDER, INCLUDED
from provisioning.munki.manifests.includes import named
from provisioning.munki.manifests.reading import readings
from provisioning.munki.storage import Store
from provisioning.registrations.models import CANCELLED, CONFIRMED, IS_OPEN, Registration

Counts = Mapping[tuple[str, str], tuple[int, int]]  # of a site and a build: all, and not done
MAX_PATHS = 5  # manifests of one build, which may have one at each site
MAX_TEMPLATES = 500  # pairs of a site and a build that are looked at for the templates of a place
GONE = Sentence("The Munki repo does not have it any more.")


@dataclass(frozen=True, slots=True)
class PlaceOverview:
    """A site or a build: its manifests below `manifests/`, its templates, and what it `lacks`.

    `macs` counts the open registrations, and `waiting` those of them that are not confirmed.
    """

    kind: ManifestKind
    name: str
    manifests: Sequence[str]
    templates: Sequence[str]
    lacks: Sequence[str]
    macs: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A part of the sites and builds of a repo, their number, and those that are not offered."""

    places: Sequence[PlaceOverview]
    total: int
    findings: Sequence[Finding]


def findings(session: Session, repo: MunkiRepo, command: str) -> Iterator[Finding]:
    """Yield a finding for each site and build that is gone while Macs wait for it.

    `command` is the name of the slash command. Left out are names of other layouts, which are to
    be renamed, and all names while the repo's mount is gone. Raises RepoUnusable.
    """
    if not repo.store.has("manifests"):
        return
    waiting, layout = Counter[Include](), repo.now().layout
    for site, build, macs in session.execute(_waiting(layout.key)):
        for include in layout.includes(site, build):
            waiting[include] += macs
    for include, macs in sorted(waiting.items(), key=lambda each: each[0].path):
        if include.kind is not ManifestKind.ALWAYS and not repo.store.exists(FOLDER + include.path):
            wait = "1 Mac waits" if macs == 1 else f"{macs:,} Macs wait"
            yield Finding(
                "places that are gone",
                f"{wait} for a {include.kind} whose manifest {include.path} is gone.",
                f"Put it back, or send them elsewhere: `{command} move`.",
            )


def _waiting(key: str | None) -> Select[str, str, int]:
    places = (Registration.site, Registration.build)
    waits = IS_OPEN & (Registration.state != CONFIRMED)
    same = Registration.layout.is_not_distinct_from(key)
    return select(*places, func.count()).where(waits, same).group_by(*places)


def overview(
    counts: Counts,
    repo: MunkiRepo,
    catalog: TemplateCatalog,
    kind: ManifestKind,
    *,
    wanted: Callable[[str], bool],
    limit: int,
) -> Overview:
    """Return the first `limit` sites, or builds, whose names are `wanted`, the faulty ones first.

    `counts` are those of `count`. Names that have Macs and no longer exist in the repo are among
    them. Raises RepoUnusable.
    """
    view = repo.now()
    present = view.sites() if kind is ManifestKind.SITE else view.builds()
    numbers = _of_kind(counts, kind)
    gone = sorted(name for name in numbers if name and name not in set(present))
    names = [name for name in (*gone, *present) if wanted(name)]
    faults = _Faults(repo.store)
    places = [
        PlaceOverview(
            kind,
            name,
            manifests := () if name in gone else _manifests(view, kind, name),
            _templates(view, catalog, kind, name),
            (GONE,) if name in gone else faults.of(manifests),
            *numbers.get(name, (0, 0)),
        )
        for name in names[:limit]
    ]
    found = [*view.keeps_out(), *not_offered(view.places)]
    return Overview(sorted(places, key=lambda place: not place.lacks), len(names), found)


class _Faults:
    """A cache of the faults of included manifests, so that each is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, paths: Sequence[str]) -> Sequence[str]:
        """Return the faults of manifests."""
        return [fault for path in paths for fault in self._of(path)]

    def _of(self, path: str) -> Iterator[str]:
        if not self._store.exists(FOLDER + path):
            yield Sentence("Its manifest {path} is missing.", path=path)
            return
        for _, reading in readings(self._store, [path]):
            if isinstance(reading, Finding):
                yield reading.message
                continue
            for include in named(reading, INCLUDED):
                if not self._store.exists(FOLDER + include):
                    yield Sentence(
                        "Its manifest {path} includes {include}, which is missing.",
                        path=path,
                        include=include,
                    )


def _manifests(view: RepoView, kind: ManifestKind, name: str) -> Sequence[str]:
    """The paths of the manifests of a site or a build: one, or one at each site."""
    layout = view.layout
    form = layout.sites if kind is ManifestKind.SITE else layout.builds
    if form is None or (kind is ManifestKind.SITE and not layout.includes_site):
        return ()
    if not form.needs_site:
        return tuple(filter(None, [form.path(name)]))
    sites = [site for site in view.sites() if name in view.builds(site)]
    return tuple(filter(None, (form.path(name, site) for site in sites[:MAX_PATHS])))


def _templates(
    view: RepoView, catalog: TemplateCatalog, kind: ManifestKind, name: str
) -> Sequence[str]:
    """The templates of the scripts for a site with any build, or for a build at any site."""
    if kind is ManifestKind.SITE:
        pairs = [Destination(name, other) for other in ("", *view.builds(name)[:MAX_TEMPLATES])]
    else:
        pairs = [Destination(other, name) for other in ("", *view.sites()[:MAX_TEMPLATES])]
    return list(dict.fromkeys(catalog.choices(pairs)))


def _of_kind(counts: Counts, kind: ManifestKind) -> Mapping[str, tuple[int, int]]:
    """The numbers of each site, or of each build."""
    found = defaultdict[str, tuple[int, int]](lambda: (0, 0))
    for place, (macs, waiting) in counts.items():
        name = place[0 if kind is ManifestKind.SITE else 1]
        found[name] = found[name][0] + macs, found[name][1] + waiting
    return found


def count(session: Session) -> Counts:
    """Return the numbers of the open registrations for each site and build, for `overview`."""
    # Not the column alone: SQLite would walk through its index, and to each row from there.
    site = func.coalesce(Registration.site, literal_column("''"))
    open_ones = Registration.state != literal_column(f"'{CANCELLED}'")
    waits = func.sum(case((Registration.state != CONFIRMED, 1), else_=0))
    rows = select(site, Registration.build, func.count(), waits).where(open_ones)
    return {
        (site, build): (macs, int(waiting))
        for site, build, macs, waiting in session.execute(rows.group_by(site, Registration.build))
    }
