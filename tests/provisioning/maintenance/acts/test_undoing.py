"""An undo, for which a person needs the rights of the change that it is."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from infrastructure.database.engine import Database
from infrastructure.text import Sentence
from provisioning.maintenance.acts import changing
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.munki import Destination
from provisioning.policy import NotAllowed
from provisioning.registrations import queries
from provisioning.registrations.models import IS_OPEN
from provisioning.values.serials import Serial
from tests.support.acting import move_now, register

MAC = Serial("C02AAA")
PARIS = Destination("paris", "kiosk")


def alice(database: Database, *, refused_at: str | None) -> Principal:
    """Alice, who may change Macs at all sites but one."""

    def permit(*sites: str) -> None:
        if refused_at in sites:
            raise NotAllowed(Sentence("register Macs for {site}", site=refused_at))

    def permit_admin(_: str) -> None:
        raise AssertionError("it is her own")

    actor = Actor("U0ALICE", "button")
    return Principal(actor, datetime.now(UTC), database, permit, permit_admin)


@pytest.mark.postgresql(instead=True)
@pytest.mark.parametrize("refused_at", ["london", "paris", None])
def test_nobody_takes_back_what_is_at_a_site_that_they_lost(
    database: Database, refused_at: str | None
) -> None:
    """Neither where the Macs are, nor where they would be again: policies change."""
    register(database, MAC.text)
    moved = changing.change(
        "move", changing.of_mac(MAC), PARIS, alice(database, refused_at=None)
    ).operation.id
    principal = alice(database, refused_at=refused_at)
    if refused_at is None:
        changing.undo(moved, principal)
    else:
        with pytest.raises(NotAllowed):
            changing.undo(moved, principal)

    with database.reading() as session:
        site = queries.get_open(session, MAC).site
    assert site == ("london" if refused_at is None else "paris")


def test_a_mac_that_another_person_moved_holds_up_no_undo_of_the_others(database: Database) -> None:
    """It is left alone, so no rights are needed at the site where it is now."""
    register(database, "C02AAA", "C02BBB")
    moved = changing.change(
        "move", lambda _: IS_OPEN, Destination("leeds", "design"), alice(database, refused_at=None)
    ).operation.id
    move_now(database, "C02BBB", PARIS, by="U0ADMIN")

    undone = changing.undo(moved, alice(database, refused_at="paris"))

    assert [mac.serial for mac in undone.restored] == ["C02AAA"]
    assert [mac.serial for mac in undone.left] == ["C02BBB"]


def test_rights_are_asked_for_before_the_transaction_for_which_others_wait(
    database: Database,
) -> None:
    """Slack may be slow; what it said then is known in the transaction."""
    register(database, MAC.text)
    moved = changing.change("move", changing.of_mac(MAC), PARIS, alice(database, refused_at=None))
    asked: list[tuple[tuple[str, ...], bool]] = []

    def permit(*sites: str) -> None:
        path = database.engine.url.database or ""
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
                is_alone = True
            except sqlite3.OperationalError:  # locked
                is_alone = False
        asked.append((sites, is_alone))

    changing.undo(moved.operation.id, replace(alice(database, refused_at=None), permit=permit))

    assert asked == [(("paris",), True), (("paris",), False), (("london",), False)]
