"""Manifests by the layout that is the default, as Rollcall would write them."""

from collections.abc import Sequence

from provisioning.munki import DEFAULT_CATALOGS, Destination
from provisioning.munki.layout import DEFAULT, ownership
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import Manifest

SITES, BUILDS = "included_manifests/sites/", "included_manifests/builds/"


def includes_of(to: Destination) -> list[str]:
    """The includes of a Mac that goes there."""
    return [include.path for include in DEFAULT.includes(to.site, to.build)]


def merge(
    manifest: Manifest | None, to: Destination, catalogs: Sequence[str] = DEFAULT_CATALOGS
) -> Manifest:
    """A manifest into which Rollcall wrote a site and a build before, merged."""
    wanted = DEFAULT.includes(to.site, to.build)
    return documents.merge(
        manifest,
        lambda present: ownership.merge(
            present, wanted, DEFAULT.kind_of, WrittenIncludes(wanted), "any"
        ),
        catalogs=catalogs,
        new=DEFAULT.new_manifest,
    )
