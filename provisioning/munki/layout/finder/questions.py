"""Questions to the admin of a repo: what its manifests leave open, in sentences."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import indent

from provisioning.munki.layout.finder.adoption import AdoptedMac
from provisioning.munki.layout.finder.candidates import is_path, names_form
from provisioning.munki.layout.finder.evidence import SPARED
from provisioning.munki.layout.finder.shape import RepoShape
from provisioning.munki.layout.finder.toml import written, written_form
from provisioning.munki.layout.forms import NamesForm
from provisioning.munki.layout.layout import DEFAULT, Layout, ManifestKind
from provisioning.munki.manifests.documents import SITE_DEFAULT
from provisioning.munki.manifests.names import YAML

MAX_KINDS = 40  # in a table of which an admin strikes out some
MAX_NAMES = 5  # of Macs, in a sentence
LONGEST_ENTRY = 60  # characters of a name


def why_nothing(shape: RepoShape) -> Iterator[str]:
    """Yield the reasons why no layout fits, and the fixes."""
    yaml = [name for name in shape.left_alone if name.endswith(YAML)]
    if yaml and not shape.paths:
        yield (
            f"The manifests of this repo are in YAML ({listed(yaml)}), and Rollcall reads and "
            "writes property lists only, as the releases of Munki do. Convert them, and name them "
            "without that ending. Run this again then."
        )
        return
    macs = len(shape.macs)
    shared = sorted({path for name in shape.macs for path in shape.includes.get(name, ()) if path})
    include = f"{number(macs, 'Mac')} include{'s' if macs == 1 else ''}"
    if not macs:
        has = "no Mac has a manifest, and no folder or prefix says what is a site or a build"
    elif not shared:
        has = f"{include} nothing"
    elif len(shared) == 1:
        has = f"{include} nothing but {listed(shared)}"
    else:
        has = f"{include} {listed(shared)}, and nothing of which each includes exactly one"
    yield f"This repo has no manifests to choose from yet: {has}."
    yield (
        "Make one for each site, such as included_manifests/sites/london, and one for each kind of "
        "Mac, such as included_manifests/builds/design. Or make those for kinds of Macs alone, "
        "such as role_design. Run this again then: it finds the table."
    )
    kinds = likely_kinds(shape)
    if kinds:
        yield (
            f"No manifest includes {listed(kinds)}. If Macs ask for some of these by "
            "ClientIdentifier, they are kinds of Macs: put this table, with those alone, into the "
            "file of ROLLCALL_POLICY:"
        )
        yield from table_of_kinds(shape, kinds)


def likely_kinds(shape: RepoShape) -> Sequence[str]:
    """Return the manifests that several Macs may ask for: they can be read, and none includes them.

    Where Macs have manifests by serial, those by other names are Macs' own, too.
    """
    left = {path for path in shape.shared if path in shape.includes and path not in shape.included}
    return sorted(left if shape.serials else {*left, *shape.others})


def table_of_kinds(shape: RepoShape, kinds: Sequence[str]) -> Iterator[str]:
    """Yield the table for Macs that share these manifests; of more than MAX_KINDS without them."""
    always = DEFAULT.always if SITE_DEFAULT in shape.paths else ()
    yield ""
    layout = replace(DEFAULT, always=always, sites=None, builds=_kinds_form(kinds))
    catalogs = shape.usual_catalogs(kinds)
    yield from indent(written(shape.root, layout, catalogs), "    ").splitlines()


@dataclass(frozen=True, slots=True)
class OtherIncludes:
    """Includes that no key of a table tells, the most frequent first, and how many Macs have some.

    `kind` are those of several Macs, where nearly all Macs have one of them: then these may be a
    kind that is chosen. Else it is empty.
    """

    names: Sequence[str]
    macs: int
    kind: Sequence[str]


def besides(shape: RepoShape, layout: Layout, macs: Sequence[AdoptedMac]) -> OtherIncludes:
    """Return the shared manifests that these Macs include besides what the layout tells."""
    untold = {path for path in shape.shared if not layout.kind_of(path)}
    covered = [mac.before for mac in macs if not mac.problem]
    found = Counter(entry for before in covered for entry in untold & {*before})
    names = [name for name, _ in found.most_common()]
    several = [name for name in names if found[name] > 1]
    alike = sum(not {*several}.isdisjoint(before) for before in covered)
    is_kind = alike > 1 and len(covered) - alike <= max(1, SPARED * len(covered))
    macs_with = sum(not untold.isdisjoint(before) for before in covered)
    return OtherIncludes(names, macs_with, several if is_kind else ())


def about_besides(found: OtherIncludes, macs: int) -> Iterator[str]:
    """Yield what becomes of includes that no key tells, and of how many `macs` have some."""
    if not found.names:
        return
    ask = (
        " Have the builds include them. Or if you choose by these where a Mac goes, write those in "
        "place of the sites or the builds above:"
    )
    yield (
        f"{found.macs} of {macs} Macs include others besides ({listed(found.names)}): "
        f"these stay, and new Macs get none of them.{ask if found.kind else ''}"
    )
    if found.kind:
        yield ""
        line = f"builds = {written_form(_kinds_form(found.kind))}"
        yield from indent(line, "    ").splitlines()


def _kinds_form(paths: Sequence[str]) -> NamesForm:
    """A list of manifests; of more than MAX_KINDS an empty one, which an admin fills in."""
    names = [path for path in paths if is_path(path)]
    return names_form(names if 0 < len(names) <= MAX_KINDS else ["…"])


def about_parts(shape: RepoShape, layout: Layout) -> Iterator[str]:
    """Yield a sentence for each kind that offers what only other manifests include, and no Mac."""
    macs = set(shape.macs)
    by_macs = {entry for name in macs for entry in shape.includes.get(name, ())}
    by_others = {entry for name in {*shape.includes} - macs for entry in shape.includes[name]}
    of_others = by_others - by_macs
    for kind, form in ((ManifestKind.SITE, layout.sites), (ManifestKind.BUILD, layout.builds)):
        paths = [path for path in shape.shared if layout.kind_of(path) is kind]
        parts = [path for path in paths if path in of_others]
        chosen = [path for path in paths if path in by_macs]
        if form is None or not parts or not chosen:
            continue
        yield (
            f"Offered as {kind}s, too, though no Mac includes them, but other manifests do: "
            f"{listed(parts)}."
        )
        if not form.needs_site and len(chosen) <= MAX_KINDS:
            yield "If these are no places of Macs, take a list instead of the form:"
            yield ""
            line = f"{kind}s = {written_form(names_form(chosen))}"
            yield from indent(line, "    ").splitlines()


def about_identifiers(shape: RepoShape, layout: Layout) -> Iterator[str]:
    """Yield the other way to read a repo without manifests by serial, where lists tell all."""
    are_lists = all(isinstance(form, NamesForm) for form in (layout.sites, layout.builds) if form)
    if are_lists and not (shape.serials or layout.macs):
        yield (
            f"Do several Macs ask for one of these ({listed(shape.others)}) by "
            "ClientIdentifier? Then they are kinds of Macs, and each Mac gets one of its own. "
            "Take this table instead, with those alone:"
        )
        yield from table_of_kinds(shape, likely_kinds(shape))


def number(count: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def listed(names: Sequence[str]) -> str:
    """Return the first of the names, and how many more there are."""
    shown = [_short(name) for name in names if name][:MAX_NAMES]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_ENTRY else f"{name[:LONGEST_ENTRY]}…"
