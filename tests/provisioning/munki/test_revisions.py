"""Revisions of manifests that a first boot changed."""

import plistlib
from pathlib import Path

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki import revisions
from provisioning.munki.models import Revision
from tests.support.fixtures.doors import Script

MAC = "C02XG0FDJGH5"


def kept(database: Database) -> list[tuple[str, bytes | None, bytes | None]]:
    """The history of all manifests."""
    with database.reading() as session:
        rows = session.scalars(select(Revision).order_by(Revision.id))
        return [(row.name, row.before, row.after) for row in rows]


def test_a_changed_manifest_is_kept_as_it_was_and_as_it_became(
    script: Script, database: Database, repo_folder: Path
) -> None:
    path = repo_folder / "manifests" / MAC
    former = plistlib.dumps({"notes": "an admin's own"})
    path.write_bytes(former)

    script.manifest(serial=MAC, site="london", build="design")

    assert kept(database) == [(MAC, former, path.read_bytes())]


def test_of_a_new_one_it_is_kept_that_there_was_none(script: Script, database: Database) -> None:
    script.manifest(serial=MAC, site="london", build="design")

    [(_, before, after)] = kept(database)
    assert before is None
    assert after is not None


def test_a_mac_that_only_asks_again_adds_nothing(script: Script, database: Database) -> None:
    for _ in range(3):
        script.manifest(serial=MAC, site="london", build="design")

    assert len(kept(database)) == 1


def test_the_newest_is_the_last_of_several(
    script: Script, database: Database, repo_folder: Path
) -> None:
    for site in ("london", "paris"):
        script.manifest(serial=MAC, site=site, build="design")

    with database.reading() as session:
        last = revisions.newest(session, MAC)

    assert last is not None
    assert last.after == (repo_folder / "manifests" / MAC).read_bytes()
    assert len(kept(database)) == 2


def test_of_a_key_that_stood_there_twice_the_last_value_is_compared() -> None:
    after = plistlib.dumps({"notes": "b", "catalogs": ["production"]})
    before = plistlib.dumps({"notes": "b"})
    before = before.replace(b"<dict>", b"<dict><key>notes</key><string>a</string>", 1)

    difference = revisions.RevisionDifference.between(before, after)

    assert (difference.new, difference.changed) == (("catalogs",), ())
    assert (difference.gone, difference.kept) == ((), ("notes",))
