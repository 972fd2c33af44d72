"""Macs that have names: registered, moved, named, and answered what they are called."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.outbox.models import CONFIRMATION, Notification
from provisioning.registrations import queries
from provisioning.registrations.names import naming
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.acting import did
from tests.support.fixtures.doors import NOON, Script

LONDON, PARIS = Destination("london", "design"), Destination("paris", "basic")


def free(host: str) -> None:
    """A repo in which no manifest has a host's name."""


def register(database: Database, *serials: str, to: Destination = LONDON) -> None:
    """Register Macs, on a Monday at noon."""
    acting.register(database, *serials, to=to, at=NOON)


def move(database: Database, serial: str, to: Destination) -> None:
    """Send a registered Mac somewhere else."""
    acting.move_now(database, serial, to, at=NOON)


def call(database: Database, serial: str, name: str) -> None:
    """Give a registered Mac a name."""
    with database.begin() as session:
        give(session, serial, name)


def give(session: Session, serial: str, name: str) -> None:
    """Give a registered Mac a name in a transaction."""
    act = did(session, "named", by="U0ALICE", at=NOON)
    mac = queries.get_open(session, Serial(serial))
    naming.assign(session, mac, name, free, operation=act)


def ask(app: Flask, serial: str, **headers: str) -> TestResponse:
    """The server's answer to a script that asks what its Mac is called."""
    client = app.test_client()
    sent = {**Script(client).basic, **headers}
    return client.get("/computer_name", query_string={"serial": serial}, headers=sent)


def cautions(database: Database) -> list[str]:
    """The cautions that the channel gets with the confirmations."""
    with database.reading() as session:
        rows = session.scalars(select(Notification).where(Notification.kind == CONFIRMATION))
        return [sentence for row in rows for sentence in row.facts.get("cautions", ())]
