"""Packed manifests, as the history of manifests keeps them."""

import plistlib

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.execution.loop import utc_now
from provisioning.munki import WriteResult, revisions
from provisioning.munki.manifests.packing import pack, unpack
from provisioning.munki.models import Revision
from tests.support.tables import for_each

OF_A_MAC = plistlib.dumps(
    {
        "catalogs": ["production"],
        "included_manifests": [
            "site_default",
            "included_manifests/sites/london",
            "included_manifests/builds/design",
        ],
    },
    sort_keys=False,
)
# What the release with schema 0018 made of it.
OF_BEFORE = bytes.fromhex(
    "78bb292c068d1b8d2eda45570eb0a0407104119196925a9c998ed5e1185107008c969299"
)


@for_each(
    "content",
    [
        OF_A_MAC,
        OF_A_MAC * 100,
        plistlib.dumps({"notes": "an admin's own"}, fmt=plistlib.FMT_BINARY),
        b"",
        b"\x00\xff no property list",
        pack(OF_A_MAC),
    ],
)
def test_content_comes_back_byte_for_byte(content: bytes) -> None:
    assert unpack(pack(content)) == content


def test_what_an_earlier_release_packed_can_be_read_for_ever() -> None:
    """Another dictionary would make the history of every installation unreadable."""
    assert unpack(OF_BEFORE) == OF_A_MAC


def test_the_manifest_of_a_mac_becomes_a_fifth_of_itself() -> None:
    assert len(pack(OF_A_MAC)) * 5 < len(OF_A_MAC)


def kept(session: Session) -> bytes:
    """The bytes of the one revision as they are in the database."""
    return bytes(session.execute(text("SELECT after FROM revisions")).scalar_one())


@pytest.mark.postgresql
def test_a_revision_is_packed_in_the_database_alone(database: Database) -> None:
    written = WriteResult(True, "", None, OF_A_MAC)

    with database.begin() as session:
        revisions.record(session, "C02AAA", written, at=utc_now(), via=revisions.API)

    with database.reading() as session:
        revision = session.scalars(select(Revision)).one()
        assert (revision.before, revision.after) == (None, OF_A_MAC)
        assert unpack(kept(session)) == OF_A_MAC != kept(session)


@pytest.mark.postgresql
def test_a_revision_of_a_release_that_did_not_pack_is_read_as_it_is(database: Database) -> None:
    written = WriteResult(True, "", OF_A_MAC, OF_A_MAC + b"\n")
    with database.begin() as session:
        revisions.record(session, "C02AAA", written, at=utc_now(), via=revisions.API)
        session.execute(text("UPDATE revisions SET after = :plain"), {"plain": OF_A_MAC})

    with database.reading() as session:
        assert session.scalars(select(Revision.after)).one() == OF_A_MAC
