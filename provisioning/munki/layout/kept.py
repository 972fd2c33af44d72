"""Layouts that are kept, so that a name can be read in the layout in which it was said."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import upsert
from provisioning.munki.errors import LayoutLost
from provisioning.munki.layout.layout import DEFAULT, Layout
from provisioning.munki.models import KeptLayout


def keep(session: Session, layout: Layout, at: datetime) -> str | None:
    """Keep a layout, in the transaction of the row that names a site in it; return its key."""
    if layout.key is None:
        return None
    row = upsert(session, KeptLayout).values(
        digest=layout.digest, content=layout.to_json(), first_at=at
    )
    session.execute(row.on_conflict_do_nothing())
    return layout.key


def find(session: Session, digest: str | None) -> Layout:
    """Return the layout of which `keep` returned this. Raises LayoutLost."""
    if digest is None:
        return DEFAULT
    row = session.get(KeptLayout, digest)
    if row is None:
        raise LayoutLost(digest)
    return Layout.from_json(row.content)


def newest_but(session: Session, layout: Layout) -> Layout:
    """Return the layout that was kept last, other than this one; else the default one."""
    newest = select(KeptLayout).where(KeptLayout.digest != layout.digest)
    row = session.scalars(newest.order_by(KeptLayout.first_at.desc())).first()
    return Layout.from_json(row.content) if row else DEFAULT
