"""Helpers that register a Mac and read its manifest and the outbox."""

import plistlib
from pathlib import Path

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.munki.layout import DEFAULT, Layout
from provisioning.outbox.models import Notification
from provisioning.registrations import register
from provisioning.values.serials import parse_all
from tests.support.acting import did
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
    with database.begin() as session:
        register.register(
            session,
            parse_all([serial]),
            Destination(site, build, layout),
            operation=did(session, "registered", by="U0ALICE", at=NOON),
            channel="C0IMAGING",
        )
