"""Credentials: keys for the routes of Macs, each for one site or for all."""

import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from infrastructure.errors import Unknown
from infrastructure.text import normalize
from provisioning.access.digests import digest
from provisioning.access.models import Credential
from provisioning.munki import Destination

PREFIX = "rollcall_"  # by which people and secret scanners know a key: rollcall_[0-9a-f]{48}
SIZE = 24  # random bytes
LENGTH = len(PREFIX) + 2 * SIZE
INDEXED = 16  # digits of a digest by which a grant is found; then the whole digest is compared


class UnknownCredential(Unknown):
    """A number that no credential has."""

    def __init__(self, credential_id: int) -> None:
        super().__init__(f"There is no credential {credential_id}.")


@dataclass(frozen=True, slots=True)
class CredentialGrant:
    """The grant of a credential: its `site` and `build` are the only ones allowed, None is all."""

    id: int
    site: str | None
    build: str | None
    opens: str
    digest: str

    def __str__(self) -> str:
        return place(self.site, self.build)

    def is_for(self, site: str, build: str) -> bool:
        """Return True if it is for this site and build alone, in upper or lower case."""
        ours = normalize(self.site or ""), normalize(self.build or "")
        return ours == (normalize(site), normalize(build))


def make(
    session: Session, site: str | None, opens: str, at: datetime, *, build: str | None = None
) -> str:
    """Make a credential for `site` (None: all), and return its key.

    It opens SCRIPTS, REPORTS, MANIFESTS or METRICS; or INSTALLAPPLICATIONS, of one site and one
    `build`. The key is URL-safe and cannot be read again later. Other keys of the site stay valid.
    """
    return add(session, site, opens, at, build=build)[1]


def add(
    session: Session, site: str | None, opens: str, at: datetime, *, build: str | None = None
) -> tuple[Credential, str]:
    """Make a credential as `make` does, and return it with its key."""
    key = f"{PREFIX}{secrets.token_hex(SIZE)}"
    credential = Credential(site=site, build=build, opens=opens, digest=digest(key), made_at=at)
    session.add(credential)
    session.flush()
    return credential, key


def revoke(session: Session, credential_id: int, at: datetime) -> Credential:
    """Revoke a credential; a revoked one stays as it is. Raises UnknownCredential."""
    credential = session.get(Credential, credential_id, with_for_update=True)
    if credential is None:
        raise UnknownCredential(credential_id)
    if credential.revoked_at is None:
        credential.revoked_at = at
    return credential


def listed(session: Session) -> Sequence[Credential]:
    """Return all credentials, also revoked ones, by site, the newest of each site first."""
    rows = session.scalars(select(Credential).order_by(Credential.id.desc()))
    return sorted(rows, key=lambda row: row.site or "")


def known(session: Session) -> dict[str, CredentialGrant]:
    """Return the grants of all valid credentials, by the first digits of the key's digest."""
    table = Credential.__table__
    columns = (table.c.id, table.c.site, table.c.build, table.c.opens, table.c.digest)
    rows = session.execute(select(*columns).where(table.c.revoked_at.is_(None)))
    return {row.digest[:INDEXED]: CredentialGrant(*row) for row in rows}


def find(grants: Mapping[str, CredentialGrant], key: str, *opens: str) -> CredentialGrant | None:
    """Return the grant of `key` in `grants`; None where it is not a valid key for one of `opens`.

    Uses no database.
    """
    if not is_key(key):
        return None
    sought = digest(key)
    grant = grants.get(sought[:INDEXED])
    if grant is None or not hmac.compare_digest(grant.digest, sought):
        return None
    return grant if grant.opens in opens else None


def note_used(session: Session, credential_ids: Iterable[int], at: datetime) -> None:
    """Record the use of credentials, at `at` or later."""
    session.execute(
        update(Credential)
        .where(
            Credential.id.in_(sorted(credential_ids)),
            or_(Credential.used_at.is_(None), Credential.used_at < at),
        )
        .values(used_at=at)
    )


def place(site: str | None, build: str | None) -> str:
    """Return the words for the site and the build of a credential."""
    return str(Destination(site or "", build or "")) or "all sites"


def is_key(text: str) -> bool:
    """Return True if `text` has the form of our keys, valid or not; a script's token never has."""
    return len(text) == LENGTH and text.startswith(PREFIX) and text.isascii()
