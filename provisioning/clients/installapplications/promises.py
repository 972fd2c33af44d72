"""Promised scripts: scripts that a JSON for InstallApplications names by their hash.

The client accepts only the bytes with the SHA-256 of its JSON. So they are stored when the JSON is
made, and any server can return them, even where the template has changed since.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import upsert
from provisioning.clients.templates.models import PromisedScript
from provisioning.munki import Destination

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Promise:
    """A script for a destination; `token` is the one in it, which ends at `until`.

    `site_locked`: that token allows no other site.
    """

    destination: Destination
    site_locked: bool
    token: str
    content: bytes
    until: datetime

    @cached_property
    def digest(self) -> str:
        """The script's SHA-256, in hexadecimal digits: its name."""
        return hashlib.sha256(self.content).hexdigest()


def is_kept(session: Session, promise: Promise) -> bool:
    """Return True if a promise is stored for as long as its token is good."""
    row = PromisedScript
    until = session.scalar(
        select(row.until).where(
            row.site == promise.destination.site,
            row.build == promise.destination.build,
            row.digest == promise.digest,
            row.site_locked == promise.site_locked,
        )
    )
    return until is not None and until >= promise.until


def keep(session: Session, promise: Promise) -> None:
    """Store a promise; one that is stored is prolonged where the new token is good for longer."""
    insert = upsert(session, PromisedScript).values(
        site=promise.destination.site,
        build=promise.destination.build,
        digest=promise.digest,
        site_locked=promise.site_locked,
        token=promise.token,
        content=promise.content,
        until=promise.until,
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=list(PromisedScript.__table__.primary_key.columns),
            set_={"token": insert.excluded.token, "until": insert.excluded.until},
            where=PromisedScript.until < insert.excluded.until,
        )
    )


def kept(
    session: Session, destination: Destination, digest: str, *, site_locked: bool
) -> Sequence[tuple[str, bytes]]:
    """Return the scripts of that name for `destination`, each with its token; two at most.

    `site_locked` leaves out the one whose token leads to other sites.
    """
    if not _DIGEST.fullmatch(digest):
        return ()
    row = PromisedScript
    query = select(row.token, row.content).where(
        row.site == destination.site, row.build == destination.build, row.digest == digest
    )
    if site_locked:
        query = query.where(row.site_locked)
    return [(token, content) for token, content in session.execute(query)]


def forget(session: Session, now: datetime) -> None:
    """Delete the promises whose tokens have ended."""
    session.execute(delete(PromisedScript).where(PromisedScript.until < now))
