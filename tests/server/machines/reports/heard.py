"""Helpers that read a registration, its events and its card after a report."""

from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.outbox.models import CARD, Notification
from provisioning.registrations.models import Event, Registration

OTHER_KEY = "another-key-of-the-lab-2"


def stands(database: Database, serial: str = "C02AAA") -> Registration:
    with database.reading() as session:
        query = select(Registration).where(Registration.serial == serial)
        return session.scalars(query).one()


def how(database: Database) -> tuple[str, str | None]:
    registration = stands(database)
    return registration.state, registration.step


def events(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Event.what).order_by(Event.id)))


def looks(database: Database) -> list[Notification]:
    with database.reading() as session:
        query = select(Notification).where(Notification.kind == CARD)
        return list(session.scalars(query.order_by(Notification.id)))
