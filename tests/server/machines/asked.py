"""Helpers that register a Mac and read its manifest and the outbox."""

import plistlib
from pathlib import Path

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.munki.layout import DEFAULT, Layout
from provisioning.outbox.models import Notification
from tests.support import acting
from tests.support.fixtures.doors import NOON

LONDON_DESIGN = [
    "site_default",
    "included_manifests/sites/london",
    "included_manifests/builds/design",
]


def includes(repo_folder: Path, serial: str) -> list[str]:
    content = (repo_folder / "manifests" / serial).read_bytes()
    return list(plistlib.loads(content)["included_manifests"])


def owed(database: Database, kind: str) -> list[Notification]:
    with database.reading() as session:
        query = select(Notification).where(Notification.kind == kind)
        return list(session.scalars(query.order_by(Notification.id)))


def registered(
    database: Database,
    serial: str,
    site: str = "london",
    build: str = "design",
    layout: Layout = DEFAULT,
) -> None:
    acting.register(database, serial, to=Destination(site, build, layout), at=NOON)
