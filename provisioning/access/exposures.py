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

from infrastructure.database.engine import upsert
from provisioning.access.credentials import Opened
from provisioning.access.models import INSTALLAPPLICATIONS, Credential, Exposure
from provisioning.munki import Destination

NOTED = timedelta(days=1)  # between two notes of the same
KEPT = timedelta(days=7)  # from the last one; by then an admin has stopped it, or it was noted anew
PASSWORD = 0  # stands for the user name and the password of the settings, which have no number


@dataclass(frozen=True, slots=True)
class Exposed:
    """A credential with which the JSON of `to` was fetched, and the other hosts in that JSON.

    `credential_id` is its number, or PASSWORD; `hosts` are sorted.
    """

    credential_id: int
    to: Destination
    hosts: tuple[str, ...]

    @property
    def fact(self) -> str:
        """What happens, in a sentence."""
        by = f"credential {self.credential_id}" if self.credential_id else "BOOTSTRAP_PASSWORD"
        return (
            f"InstallApplications fetches the JSON of {self.to} with {by}, and sends that to the "
            f"other hosts in the JSON too: {', '.join(self.hosts)}."
        )

    @property
    def fix(self) -> str:
        """What an admin does about it, in a sentence."""
        end = "change BOOTSTRAP_PASSWORD"
        if self.credential_id:
            end = f"`boot.sh credentials revoke {self.credential_id}`"
        site, build = quote(self.to.site), quote(self.to.build)
        make = f"`boot.sh credentials make {site} --installapplications {build}`"
        return f"Give it the key that {make} makes, which opens that JSON alone; then {end}."


def exposed(opened: Opened | None, to: Destination, hosts: Sequence[str]) -> Exposed | None:
    """Return what is exposed where the JSON of `to` is fetched with a credential, if anything.

    `opened` is what its key opens, None the user name and the password.
    """
    if not hosts or (opened is not None and opened.opens == INSTALLAPPLICATIONS):
        return None
    kept = tuple(sorted({host[:255] for host in hosts}))
    return Exposed(opened.id if opened else PASSWORD, to, kept)


def is_noted(session: Session, these: Exposed, now: datetime) -> bool:
    """Whether all of it was noted less than NOTED ago."""
    row = Exposure
    count = session.scalar(
        select(func.count()).where(
            row.credential_id == these.credential_id,
            row.site == these.to.site,
            row.build == these.to.build,
            row.host.in_(these.hosts),
            row.at > now - NOTED,
        )
    )
    return count == len(these.hosts)


def note(session: Session, these: Exposed, at: datetime) -> None:
    """Remember what is exposed, as of `at`."""
    fresh = upsert(session, Exposure)
    adding = fresh.on_conflict_do_update(
        index_elements=list(Exposure.__table__.primary_key.columns),
        set_={"at": fresh.excluded.at},
    )
    # They are sorted, so that two servers never wait for each other's rows.
    for host in these.hosts:
        session.execute(
            adding.values(
                credential_id=these.credential_id,
                site=these.to.site,
                build=these.to.build,
                host=host,
                at=at,
            )
        )


def recent(session: Session, now: datetime) -> Sequence[tuple[Exposed, datetime]]:
    """Return what was exposed within KEPT and is not revoked, with the moment of its last note."""
    rows = session.scalars(
        select(Exposure)
        .outerjoin(Credential, Credential.id == Exposure.credential_id)
        .where(Exposure.at > now - KEPT, Credential.revoked_at.is_(None))
        .order_by(Exposure.credential_id, Exposure.site, Exposure.build, Exposure.host)
    )
    found: dict[tuple[int, Destination], list[Exposure]] = {}
    for row in rows:
        to = Destination(row.site, row.build)
        found.setdefault((row.credential_id, to), []).append(row)
    return [
        (Exposed(number, to, tuple(row.host for row in some)), max(row.at for row in some))
        for (number, to), some in found.items()
    ]


def forget(session: Session, now: datetime) -> None:
    """Delete what was not noted for KEPT."""
    session.execute(delete(Exposure).where(Exposure.at < now - KEPT))
