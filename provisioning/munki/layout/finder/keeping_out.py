"""Findings that keep Macs out: a layout that finds nothing in the repo that is there."""

from collections.abc import Callable, Iterator

from infrastructure.findings import Finding
from provisioning.munki.errors import MissingAlways
from provisioning.munki.layout.finder.toml import written_form
from provisioning.munki.layout.forms import Form, NamesForm
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.layout import Layout, ManifestKind

_TABLE = "boot.sh adopt proposes the [munki] table that fits this repo."


def keeps_out(places: PlaceIndex, exists: Callable[[str], bool]) -> list[Finding]:
    """Return why no Mac could get a manifest; empty where nothing keeps Macs out.

    `places` are the sites and builds of the repo, and `exists` tells if it has a manifest. No
    manifest is read.
    """
    layout = places.layout
    missing = (MissingAlways(path) for path in layout.always if not exists(path))
    return [
        *(Finding("always missing", each.fact, each.fix) for each in missing),
        *_nothing_offered(layout, places),
    ]


def not_offered(places: PlaceIndex) -> Iterator[Finding]:
    """Yield a finding for each manifest that looks like a site or a build, and is hidden."""
    for hidden in places.hidden:
        fact = f"{hidden.path} is not offered as a {hidden.kind}: {hidden.reason}."
        yield Finding(f"not offered because {hidden.reason}", fact, hidden.fix)


def _nothing_offered(layout: Layout, places: PlaceIndex) -> Iterator[Finding]:
    offered = {
        ManifestKind.SITE: (layout.sites, places.sites),
        ManifestKind.BUILD: (layout.builds, places.builds()),
    }
    for kind, (form, names) in offered.items():
        if form is not None and not names:
            yield Finding(
                f"no {kind}",
                f"The repo has no {kind}: nothing is there for {kind}s = {written_form(form)}.",
                f"Make the first one, such as {_example(form, kind)}. Or: {_TABLE}",
            )


def _example(form: Form, kind: ManifestKind) -> str | None:
    """The path of a manifest that a form would offer."""
    if isinstance(form, NamesForm):
        return form.names[0][1]
    return form.path(f"my-{kind}", "my-site")
