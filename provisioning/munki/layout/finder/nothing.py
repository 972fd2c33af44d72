"""Sentences about a repo in which nothing can be chosen, with the reason and the fix."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import indent

from provisioning.munki.layout.finder.candidates import is_path, names_form
from provisioning.munki.layout.finder.shape import RepoShape
from provisioning.munki.layout.finder.toml import written
from provisioning.munki.layout.finder.words import listed, number
from provisioning.munki.layout.layout import DEFAULT, SITE_DEFAULT
from provisioning.munki.manifests.names import YAML

MOST_KINDS = 40  # in a table of which an admin strikes out some


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
    """Return the manifests that several Macs may ask for: nothing includes them.

    Where Macs have manifests by serial, those by other names are Macs' own, too.
    """
    included = {path for entries in shape.includes.values() for path in entries} | {SITE_DEFAULT}
    left = {path for path in shape.shared if path not in included}
    return sorted(left if shape.serials else {*left, *shape.others})


def table_of_kinds(shape: RepoShape, kinds: Sequence[str]) -> Iterator[str]:
    """Yield the table for Macs that share these manifests; of more than MOST_KINDS without them."""
    names = [name for name in kinds if is_path(name)]
    always = DEFAULT.always if SITE_DEFAULT in shape.paths else ()
    builds = names_form(names if 0 < len(names) <= MOST_KINDS else ["…"])
    yield ""
    layout = replace(DEFAULT, always=always, sites=None, builds=builds)
    yield from indent(written(shape.root, layout), "    ").splitlines()
