"""Sentences about a repo in which nothing can be chosen: why that is, and what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import indent

from provisioning.munki.layout.finder.candidates import is_path, names_form
from provisioning.munki.layout.finder.shape import RepoShape
from provisioning.munki.layout.finder.toml import written
from provisioning.munki.layout.finder.words import listed, number
from provisioning.munki.layout.layout import DEFAULT, SITE_DEFAULT

MOST_KINDS = 20  # manifests in a table of which an admin strikes out some


def why_nothing(shape: RepoShape) -> Iterator[str]:
    """Yield why there is no layout that fits, and what to do."""
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
    included = {path for entries in shape.includes.values() for path in entries} | {SITE_DEFAULT}
    left = [path for path in shape.shared if path not in included]
    if left:
        yield from _kinds(shape, left)


def _kinds(shape: RepoShape, left: Sequence[str]) -> Iterator[str]:
    """The table for Macs that share these manifests, which nothing includes."""
    yield (
        f"No manifest includes {listed(left)}. If Macs ask for some of these by ClientIdentifier, "
        "they are kinds of Macs: put this table, with those alone, into the file of "
        "ROLLCALL_POLICY:"
    )
    paths = [path for path in left if is_path(path)][:MOST_KINDS]
    always = DEFAULT.always if SITE_DEFAULT in shape.paths else ()
    layout = replace(DEFAULT, always=always, sites=None, builds=names_form(paths))
    yield ""
    yield from indent(written(shape.root, layout), "    ").splitlines()
