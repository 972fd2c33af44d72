"""Keys that open the Macs' door, each for one site or for all: made, listed, revoked, told apart.

Only a key's SHA-256 is kept. A key is random, so a slow hash would protect nothing more.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from infrastructure.text import folded
from provisioning.access.models import Credential

PREFIX = "rollcall_"  # by which people and secret scanners know a key: rollcall_[0-9a-f]{48}
SIZE = 24  # random bytes
LENGTH = len(PREFIX) + 2 * SIZE
INDEXED = 16  # digits of a digest by which it is found; all of them are compared then


class UnknownCredential(RollcallError):
    """A number that no credential has."""

    def __init__(self, credential_id: int) -> None:
        super().__init__(f"There is no credential {credential_id}.")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opens. `site` and `build` are the only ones, None: all of them."""

    id: int
    site: str | None
    build: str | None
    opens: str
    digest: str

    def __str__(self) -> str:
        return place(self.site, self.build)

    def is_for(self, site: str, build: str) -> bool:
        """Whether this is for that site and that build and no other, in whatever case."""
        ours = folded(self.site or ""), folded(self.build or "")
        return ours == (folded(site), folded(build))


def make(
    session: Session, site: str | None, opens: str, at: datetime, *, build: str | None = None
) -> str:
    """Make a credential for `site` (None: all), and return its key.

    It opens SCRIPTS, REPORTS or MANIFESTS; or INSTALLAPPLICATIONS, of one site and one `build`.
    The key is URL-safe and cannot be had again. Others of the site stay good until revoked.
    """
    key = f"{PREFIX}{secrets.token_hex(SIZE)}"
    session.add(Credential(site=site, build=build, opens=opens, digest=_digest(key), made_at=at))
    session.flush()
    return key


def revoke(session: Session, credential_id: int, at: datetime) -> Credential:
    """End a credential; one that has ended stays as it is. Raises UnknownCredential."""
    found = session.get(Credential, credential_id, with_for_update=True)
    if found is None:
        raise UnknownCredential(credential_id)
    if found.revoked_at is None:
        found.revoked_at = at
    return found


def listed(session: Session) -> Sequence[Credential]:
    """Return all credentials that ever were, by site, the newest of each first."""
    rows = session.scalars(select(Credential).order_by(Credential.id.desc()))
    return sorted(rows, key=lambda row: row.site or "")


def known(session: Session) -> dict[str, Opened]:
    """Return what all good keys open, for `find`."""
    table = Credential.__table__
    columns = (table.c.id, table.c.site, table.c.build, table.c.opens, table.c.digest)
    rows = session.execute(select(*columns).where(table.c.revoked_at.is_(None)))
    return {row.digest[:INDEXED]: Opened(*row) for row in rows}


def find(among: Mapping[str, Opened], key: str, *opens: str) -> Opened | None:
    """Return what `key` opens; None where it is no good key for one of `opens`.

    Asks no database.
    """
    if not is_key(key):
        return None
    given = _digest(key)
    found = among.get(given[:INDEXED])
    if found is None or not hmac.compare_digest(found.digest, given):
        return None
    return found if found.opens in opens else None


def opened_by(session: Session, key: str, *opens: str) -> Opened | None:
    """Return what `key` opens at this moment; None where it is no good key for one of `opens`."""
    return find(known(session), key, *opens)


def note_used(session: Session, credential_ids: Iterable[int], at: datetime) -> None:
    """Remember that credentials were used, at `at` or later."""
    session.execute(
        update(Credential)
        .where(
            Credential.id.in_(sorted(credential_ids)),
            or_(Credential.used_at.is_(None), Credential.used_at < at),
        )
        .values(used_at=at)
    )


def place(site: str | None, build: str | None) -> str:
    """Return the words for what a credential is confined to."""
    return "/".join(filter(None, (site, build))) or "all sites"


def is_key(text: str) -> bool:
    """Whether `text` looks like a key of ours, good or not; a script's token never does."""
    return len(text) == LENGTH and text.startswith(PREFIX) and text.isascii()


def _digest(key: str) -> str:
    # Of one length whatever was sent, so that comparing them takes the same time.
    return hashlib.sha256(key.encode()).hexdigest()
