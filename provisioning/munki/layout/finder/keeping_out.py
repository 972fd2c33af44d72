"""Findings that keep Macs out: a layout that finds nothing in the repo that is there."""

from collections.abc import Iterator, Sequence

from infrastructure.findings import Finding
from provisioning.munki.layout.finder.toml import written_form
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.layout import Kind, Layout

_TABLE = "boot.sh adopt proposes the [munki] table that fits this repo."


def keeps_out(layout: Layout, paths: Sequence[str]) -> list[Finding]:
    """Return why no Mac could get a manifest; empty where nothing keeps Macs out.

    `paths` are the manifests and folders of the repo, folders with `/` at their end. No manifest
    is read.
    """
    return [*_always(layout, set(paths)), *_places(layout, paths)]


def _always(layout: Layout, paths: set[str]) -> Iterator[Finding]:
    for path in layout.always:
        if path not in paths:
            yield Finding(
                "always missing",
                f"The repo has no manifest {path}, which every Mac's is to include.",
                f"Make one: manifestutil new-manifest {path}. Or change always in [munki].",
            )


def _places(layout: Layout, paths: Sequence[str]) -> Iterator[Finding]:
    places = PlaceIndex(layout, paths)
    offered = {
        Kind.SITE: (layout.sites, places.sites),
        Kind.BUILD: (layout.builds, places.builds()),
    }
    for kind, (form, names) in offered.items():
        if form is not None and not names:
            yield Finding(
                f"no {kind}",
                f"The repo has no {kind}: nothing is there for {kind}s = {written_form(form)}.",
                f"Make the first one, such as {form.path(f'my-{kind}', 'my-site')}. Or: {_TABLE}",
            )
