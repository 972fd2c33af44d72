"""Answers to the questions of first boots: the rights are those at the Mac's site of the moment."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot import unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.maintenance.acts import answering
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.munki import Destination
from provisioning.policy import NotAllowed
from provisioning.registrations import register
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial
from tests.support.acting import did, move

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MAC = Serial("C02AAA")


def test_a_mac_that_moves_away_during_the_check_keeps_its_serial(database: Database) -> None:
    with database.begin() as session:
        act = did(session, "registered", by="U0ALICE", at=NOON)
        register.register(session, [MAC], Destination("paris", "lab"), operation=act, channel="C1")
        unknown.ask_about(session, Serial("C02AAB"), channel="C1", at=NOON)
        number, revision = session.execute(select(Registration.id, Registration.revision)).one()
        unknown_id = session.scalars(select(UnknownMac.id)).one()

    def permit(*sites: str) -> None:
        """Check that bob may act in Paris alone; meanwhile alice moves the Mac to London."""
        if sites != ("paris",):
            raise NotAllowed("bob may act in Paris alone")
        with database.begin() as session:
            act = did(session, "moved", by="U0ALICE", at=NOON)
            move(session, MAC, Destination("london", "lab"), act=act)

    bob = Principal(Actor("U0BOB", "button"), NOON, database, permit, lambda _: None)

    with pytest.raises(NotAllowed):
        answering.correct(unknown_id, number, revision, bob)

    with database.reading() as session:
        assert session.scalars(select(Registration.serial)).all() == [MAC.key]
