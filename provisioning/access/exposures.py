"""Credentials that InstallApplications sends to hosts which they are not meant for.

It sends one `Authorization` header to every host of the JSON. A key for that JSON alone may be
seen there; what opens more than the JSON is exposed, and an admin should change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from shlex import quote

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import upsert
from provisioning.access.credentials import CredentialGrant
from provisioning.access.models import INSTALLAPPLICATIONS, Credential, Exposure
from provisioning.munki import Destination

NOTE_INTERVAL = timedelta(days=1)  # between two notes of the same
# Since the last exposure; by then an admin has ended it, or it was recorded again.
RETENTION = timedelta(days=7)
PASSWORD = 0  # stands for the user name and the password of the settings, which have no number


@dataclass(frozen=True, slots=True)
class ExposedCredential:
    """A credential with which the JSON of `destination` was fetched, and the other hosts in it.

    `credential_id` is its number, or PASSWORD; `hosts` are sorted.
    """

    credential_id: int
    destination: Destination
    hosts: tuple[str, ...]

    @property
    def fact(self) -> str:
        """The fact, in a sentence."""
        by = f"credential {self.credential_id}" if self.credential_id else "BOOTSTRAP_PASSWORD"
        return (
            f"InstallApplications fetches the JSON of {self.destination} with {by}, and sends that "
            f"to the other hosts in the JSON too: {', '.join(self.hosts)}."
        )

    @property
    def fix(self) -> str:
        """The fix for an admin, in a sentence."""
        end = "change BOOTSTRAP_PASSWORD"
        if self.credential_id:
            end = f"`boot.sh credentials revoke {self.credential_id}`"
        site, build = self.destination.site, quote(self.destination.build)
        named = f"{quote(site)} " if site else ""
        make = f"`boot.sh credentials make {named}--installapplications {build}`"
        return f"Give it the key that {make} makes, which opens that JSON alone; then {end}."


def exposure_of(
    grant: CredentialGrant | None, destination: Destination, hosts: Sequence[str]
) -> ExposedCredential | None:
    """Return the exposure by a fetch of the JSON of `destination`, None where there is none.

    `grant` is that of the credential, None for the user name and the password.
    """
    if not hosts or (grant is not None and grant.opens == INSTALLAPPLICATIONS):
        return None
    kept = tuple(sorted({host[:255] for host in hosts}))
    return ExposedCredential(grant.id if grant else PASSWORD, destination, kept)


def is_noted(session: Session, exposure: ExposedCredential, now: datetime) -> bool:
    """Return True if all of them were recorded within NOTE_INTERVAL."""
    row = Exposure
    count = session.scalar(
        select(func.count()).where(
            row.credential_id == exposure.credential_id,
            row.site == exposure.destination.site,
            row.build == exposure.destination.build,
            row.host.in_(exposure.hosts),
            row.at > now - NOTE_INTERVAL,
        )
    )
    return count == len(exposure.hosts)


def note(session: Session, exposure: ExposedCredential, at: datetime) -> None:
    """Record the exposed credentials, as of `at`."""
    insert = upsert(session, Exposure)
    adding = insert.on_conflict_do_update(
        index_elements=list(Exposure.__table__.primary_key.columns), set_={"at": insert.excluded.at}
    )
    # They are sorted, so that two servers never wait for each other's rows.
    for host in exposure.hosts:
        session.execute(
            adding.values(
                credential_id=exposure.credential_id,
                site=exposure.destination.site,
                build=exposure.destination.build,
                host=host,
                at=at,
            )
        )


def recent(session: Session, now: datetime) -> Sequence[tuple[ExposedCredential, datetime]]:
    """Return the credentials that were exposed within RETENTION, each with the last moment.

    Revoked ones are left out.
    """
    rows = session.scalars(
        select(Exposure)
        .outerjoin(Credential, Credential.id == Exposure.credential_id)
        .where(Exposure.at > now - RETENTION, Credential.revoked_at.is_(None))
        .order_by(Exposure.credential_id, Exposure.site, Exposure.build, Exposure.host)
    )
    rows_by_credential: dict[tuple[int, Destination], list[Exposure]] = {}
    for row in rows:
        destination = Destination(row.site, row.build)
        rows_by_credential.setdefault((row.credential_id, destination), []).append(row)
    return [
        (
            ExposedCredential(number, destination, tuple(row.host for row in group)),
            max(row.at for row in group),
        )
        for (number, destination), group in rows_by_credential.items()
    ]


def forget(session: Session, now: datetime) -> None:
    """Delete the records that are older than RETENTION."""
    session.execute(delete(Exposure).where(Exposure.at < now - RETENTION))
