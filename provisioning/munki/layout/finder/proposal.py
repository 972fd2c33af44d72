"""A proposal for the `[munki]` table: the layout that fits the Macs of a repo, and the reasons."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from provisioning.munki.layout.finder import candidates
from provisioning.munki.layout.finder.candidates import Pair
from provisioning.munki.layout.finder.evidence import HALF, MANY, Evidence, telling
from provisioning.munki.layout.finder.lists import list_of, list_of_some
from provisioning.munki.layout.finder.shape import RepoShape
from provisioning.munki.layout.forms import NAME, Form, MatchForm, NamesForm
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.layout import (
    BUILDS,
    DEFAULT,
    SITES,
    Layout,
    ManifestKind,
)
from provisioning.munki.manifests.documents import DEFAULT_CATALOGS, SITE_DEFAULT

ENOUGH = 0.9  # of the Macs' own manifests in one folder are a rule


@dataclass(frozen=True, slots=True)
class TableProposal:
    """A layout for a repo below `root`, and a reason for each key of the table that it needs.

    `catalogs` are those of new manifests.
    """

    root: str
    layout: Layout
    catalogs: tuple[str, ...]
    reasons: Mapping[str, str]

    @property
    def needs_table(self) -> bool:
        """False where the repo is as Rollcall takes it without a table."""
        is_usual = self.layout == DEFAULT and self.catalogs == DEFAULT_CATALOGS
        return bool(self.root) or not is_usual


def propose(shape: RepoShape) -> TableProposal | None:
    """Return the layout that fits a repo; None where it has nothing to choose from."""
    evidence = Evidence.of(shape)
    always = evidence.always
    if not evidence.macs and SITE_DEFAULT in shape.paths:
        always = DEFAULT.always
    by_macs = _told_by_macs(shape, evidence)
    pair = by_macs or _told_by_names(shape, evidence) or _told_by_some(evidence)
    if pair is None:
        pair, always = _told_by_one(always), always[:-1]
    if pair is None:
        return None
    layout = replace(
        DEFAULT,
        always=always,
        macs=_folder_of_macs(shape, evidence),
        sites=pair.sites,
        builds=pair.builds,
        includes_site=pair.includes_site,
    )
    layout = replace(layout, order=_order(shape, layout))
    catalogs = shape.usual_catalogs(telling(shape))
    return TableProposal(shape.root, layout, catalogs, _reasons(shape, layout, catalogs))


def _told_by_macs(shape: RepoShape, evidence: Evidence) -> Pair | None:
    """The pair that Macs include, the sites where they belong; a list where no form tells MANY."""
    best, share = evidence.best(shape.catalogs)
    lists = _lists(evidence) if share < MANY else None
    if best is None or lists is not None:
        return lists
    if best.builds is not None:
        return best if best.builds.needs_site else _in_roles(best, evidence)
    form, names = best.sites, list_of(evidence, best.sites)
    if form is None or names is not None:
        return _in_roles(Pair(form, names), evidence)
    is_sites = candidates.leaning(form) > 0 or candidates.is_either(form) or _has_folders(form)
    return Pair(form, None) if is_sites else Pair(None, form)


def _has_folders(form: Form) -> bool:
    """True where the names of a form are those of folders, as places have them."""
    return isinstance(form, MatchForm) and f"{NAME}/" in form.pattern


def _lists(evidence: Evidence) -> Pair | None:
    """Lists of manifests of which each Mac includes one; None where there is none."""
    first = list_of(evidence)
    second = list_of(evidence, first) if first else None
    if first is None:
        return None
    return Pair(None, first) if second is None else _in_roles(Pair(first, second), evidence)


def _in_roles(pair: Pair, evidence: Evidence) -> Pair:
    """The pair with the sites first, by the words of both; else those of which there are more."""

    def rank(form: Form | None) -> tuple[int, int]:
        used = sum(bool(form.readings(entry)) for entry in evidence.entries) if form else 0
        return (candidates.leaning(form) if form else 0, used)

    return pair if rank(pair.sites) >= rank(pair.builds) else Pair(pair.builds, pair.sites)


def _told_by_names(shape: RepoShape, evidence: Evidence) -> Pair | None:
    """The pair that the words of folders and prefixes tell, where no Mac includes them yet."""
    paths = [path for path in shape.shared if candidates.is_path(path)]
    paths = [path for path in paths if not candidates.is_of_all(path)]
    worded = _worded(paths, evidence)
    sites = next((form for form in worded if candidates.leaning(form) > 0), None)
    builds = next((form for form in worded if candidates.leaning(form) < 0), None)
    if builds is None:
        flat = {path for path in paths if "/" not in path}
        flat.difference_update(worded[sites] if sites else ())
        unsided = [form for form in worded if candidates.leaning(form) == 0]
        either = next((form for form in unsided if _stands_out(worded[form], flat)), None)
        sites, builds = (sites, either) if sites else (either, None)
    return Pair(sites, builds) if sites or builds else None


def _worded(paths: Iterable[str], evidence: Evidence) -> Mapping[Form, Sequence[str]]:
    """The forms whose words tell a kind, those of most paths first, each with its paths."""
    used = {path for entries in evidence.macs for path in entries}
    worded = {
        form: covered
        for form, covered in candidates.single_forms(paths).items()
        if candidates.is_worded(form)
        and (len(covered) > 1 or form in (SITES, BUILDS))
        and used.isdisjoint(covered)  # else the includes of Macs have shown that it is not a rule
    }
    rank = {form: (-len(covered), -form.weight) for form, covered in worded.items()}
    return {form: worded[form] for form in sorted(worded, key=rank.__getitem__)}


def _stands_out(covered: Collection[str], flat: set[str]) -> bool:
    """Return True for paths that are half of those at the root, or do not all lie there."""
    return len(covered) >= HALF * len(flat) or not flat.issuperset(covered)


def _told_by_some(evidence: Evidence) -> Pair | None:
    """A list of which half of the Macs include one, as the first of their kinds."""
    some = list_of_some(evidence)
    return Pair(None, some) if some else None


def _told_by_one(always: tuple[str, ...]) -> Pair | None:
    """A list of the last manifest that all Macs include, as the first of their kinds."""
    is_none = not always or always[-1] == SITE_DEFAULT
    return None if is_none else Pair(None, candidates.names_form(always[-1:]))


def _folder_of_macs(shape: RepoShape, evidence: Evidence) -> str:
    """The folder of nearly all Macs' own manifests; empty where sites or builds lie there too."""
    folders = Counter(name.rpartition("/")[0] for name in telling(shape))
    folder, count = folders.most_common(1)[0] if folders else ("", 0)
    is_rule = count >= ENOUGH * folders.total() and candidates.is_path(folder)
    is_shared = any(path.startswith(f"{folder}/") for path in evidence.entries)
    return folder if is_rule and not is_shared else ""


def _order(shape: RepoShape, layout: Layout) -> tuple[ManifestKind, ...]:
    """The order of the kinds in most Macs; missing kinds have their usual places."""
    kinds = {path: layout.kind_of(path) for path in shape.shared}
    there = {
        kind
        for kind, is_there in {
            ManifestKind.ALWAYS: layout.always,
            ManifestKind.SITE: layout.sites and layout.includes_site,
            ManifestKind.BUILD: layout.builds,
        }.items()
        if is_there
    }
    orders = Counter[tuple[ManifestKind, ...]]()
    for name in shape.macs:
        found = (kinds.get(entry) for entry in shape.includes.get(name, ()))
        order: tuple[ManifestKind, ...] = tuple(dict.fromkeys(kind for kind in found if kind))
        orders[order] += set(order) == there
    if not orders.total():
        return DEFAULT.order
    first = list(orders.most_common(1)[0][0])
    for place, kind in enumerate(DEFAULT.order):
        if kind not in there:
            first.insert(place, kind)
    return tuple(first)


def _reasons(shape: RepoShape, layout: Layout, catalogs: Sequence[str]) -> Mapping[str, str]:
    """The reason for each key of the table, as half a sentence."""
    places = PlaceIndex(layout, shape.paths)
    entries = {entry for name in shape.macs for entry in shape.includes.get(name, ())}
    is_told = any(
        layout.kind_of(entry) in (ManifestKind.SITE, ManifestKind.BUILD) for entry in entries
    )
    default = (
        "few include site_default" if SITE_DEFAULT in shape.paths else "there is no site_default"
    )
    sites = _reason(layout.sites, len(places.sites), is_told=is_told)
    if not layout.includes_site:
        sites = f"{len(places.sites)} of them, told by the paths of the builds"
    return {
        "root": "the folder that manifests/ is in",
        "always": "what nearly all Macs include" if SITE_DEFAULT in layout.always else default,
        "macs": "where the Macs' own manifests are",
        "sites": sites,
        "builds": _reason(layout.builds, len(places.builds()), is_told=is_told),
        "order": "as in most Macs",
        "catalogs": f"of new manifests, {_share_of(shape, catalogs)}",
    }


def _share_of(shape: RepoShape, catalogs: Sequence[str]) -> str:
    """The number of Macs that ask for these catalogs, in words."""
    asked = [shape.asked[name] for name in telling(shape) if shape.asked.get(name)]
    count = sum(each == catalogs for each in asked)
    return f"as in {count} of {len(asked)} Macs" if count else "the only one there is"


def _reason(form: Form | None, number: int, *, is_told: bool) -> str:
    if form is None:
        return "one kind alone tells where a Mac goes"
    more = "; add new ones here" if isinstance(form, NamesForm) else ""
    told = f"a Mac includes one{more}" if is_told else "told by their names alone"
    return f"{number} of them; {told}"
