"""A check for registered Macs whose names would give them another Mac's manifest."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.findings import Finding
from provisioning.munki.manifests.namesakes import ManifestFinder
from provisioning.registrations.models import IS_OPEN, Registration
from provisioning.registrations.names import name_clashes
from provisioning.values.serials import Serial


def look_through(session: Session, finder: ManifestFinder) -> Iterator[Finding]:
    """Yield a finding for each Mac whose name clashes; `finder` finds manifests by host names."""
    query = select(Registration).where(Registration.computer_name.is_not(None), IS_OPEN)
    macs = session.scalars(query.order_by(Registration.serial))
    names = {Serial(mac.name): mac.called for mac in macs if mac.called}
    for serial, clash in name_clashes.clashes_of(session, finder, names).items():
        caution = "" if clash.is_sure else " where a client sets that as host name"
        yield Finding(
            "names that are manifests",
            f"{serial} should not be called {names[serial]}, because {clash.why}{caution}.",
            f"Call it something else, or set Munki's ClientIdentifier on it to {serial}.",
        )
