"""Shapes of repos, of those that are kept as cases and of a few Macs, and what is proposed."""

from provisioning.munki.layout import Layout
from provisioning.munki.layout.finder.proposal import TableProposal, propose
from provisioning.munki.layout.finder.report import AdoptionReport
from provisioning.munki.layout.finder.shape import RepoShape, shape_of
from provisioning.munki.manifests.documents import Manifest
from tests.support.inputs.repos import RepoCase


def shape(case: RepoCase) -> RepoShape:
    """The shape of a repo that is kept as a case."""
    manifests = case.manifests()
    return shape_of(list(manifests), manifests, case.catalogs, root=case.root)


def of(macs: dict[str, list[str]], *shared: str, **more: Manifest) -> RepoShape:
    """The shape of a repo of these Macs and shared manifests."""
    own = {
        name: {"catalogs": ["production"], "included_manifests": includes}
        for name, includes in macs.items()
    }
    manifests: dict[str, Manifest] = {**{path: {} for path in shared}, **own, **more}
    return shape_of(list(manifests), manifests)


def proposed(found: RepoShape) -> TableProposal:
    """The proposal for a repo, which needs one."""
    proposal = propose(found)
    assert proposal is not None
    return proposal


def layout_of(macs: dict[str, list[str]], *shared: str) -> Layout:
    """The layout that is proposed for them."""
    return proposed(of(macs, *shared)).layout


def report(macs: dict[str, list[str]], *shared: str) -> str:
    """The sentences about such a repo, with the table that is proposed."""
    return "\n".join(AdoptionReport.proposing(of(macs, *shared)).as_text())


def serials(number: int) -> list[str]:
    """So many serials of Macs."""
    return [f"C02A{each:02}SYNTH" for each in range(number)]
