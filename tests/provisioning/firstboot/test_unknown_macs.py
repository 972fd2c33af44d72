"""Registrations that may have been meant for an unknown Mac, whose serial was mistyped."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot import unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.munki import Destination
from provisioning.registrations import register
from provisioning.values.serials import Serial
from tests.support.acting import did
from tests.support.inputs.examples import NOON


@pytest.mark.postgresql(soak=True)
@pytest.mark.parametrize(
    ("registered", "meant"),
    [
        (["C02XG0FDJGH6", "C02XG0FDJG66"], "C02XG0FDJGH6"),
        (["C02XG0FDJGH6", "C02XGOFDJGH5"], "C02XGOFDJGH5"),  # the newest
        (["C02XG0FDJGH6", "C02XG0FDJGH5"], None),  # it was registered itself meanwhile
        (["C02XG0-FDJGH5"], "C02XG0-FDJGH5"),
        (["C02XG0FDJG66"], None),
    ],
)
def test_the_newest_registration_of_one_slip_is_meant(
    database: Database, registered: list[str], meant: str | None
) -> None:
    with database.begin() as session:
        act = did(session, "registered", by="U0ALICE", at=NOON)
        unknown.ask_about(session, Serial("C02XG0FDJGH5"), channel="C1", at=NOON)
        for serial in registered:
            register.register(
                session,
                [Serial(serial)],
                Destination("london", "design"),
                operation=act,
                channel="C1",
            )
        found = unknown.nearest(session, session.scalars(select(UnknownMac)).one())
        assert (found and found.serial) == meant
