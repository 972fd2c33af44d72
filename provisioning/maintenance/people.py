"""The rows of all tables that name a person, and the forgetting of one: for requests by law.

A row names a person in Slack by the user id, one of another provider by the account's id, with the
name at that time behind it (`provisioning.values.outsiders`).
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import changed
from infrastructure.errors import Conflict, Unknown
from provisioning.access.accounts.models import (
    Account,
    BrowserSession,
    OutsideAccount,
    ScreenTicket,
    SignInCode,
    SignInLink,
)
from provisioning.access.accounts.outsiders import is_named
from provisioning.access.programs import tokens
from provisioning.maintenance.tables import Base
from provisioning.monitoring.mail import choices
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.outbox.models import Notification
from provisioning.values.outsiders import FORGOTTEN, account_id, is_outsider
from provisioning.values.slack import is_user_id

BATCH_SIZE = 250  # rows of one transaction: Macs that boot wait for it
_NAMING = frozenset({"account_id", "by", "made_by", "paired_by", "registered_by"})
TOLD = Notification.__table__.c.channel  # whom a message is for: a channel, or a person
# What is of use to the person alone, or only while they sign in.
_OWN = (BrowserSession, SignInLink, SignInCode, ScreenTicket)


class StillHere(Conflict):
    """A person who may still use Rollcall: what is forgotten would come back."""

    def __init__(self, person: str) -> None:
        super().__init__(
            "Slack still lists {person} as somebody who may use Rollcall: deactivate them first.",
            person=person,
        )


class StillSending(Conflict):
    """A person whose webhooks go on: nobody would be named for them."""

    def __init__(self, numbers: str) -> None:
        super().__init__(
            "They made webhooks that go on: {numbers}. End them first (boot.sh webhooks end ID), "
            "or make them anew.",
            numbers=numbers,
        )


class UnknownPerson(Unknown):
    """A text that is no person's id, or an id that no row has."""

    def __init__(self, person: str) -> None:
        super().__init__(
            "No row names {person}: type the ID as Slack, or `boot.sh sessions list`, has it.",
            person=person or "''",
        )


@dataclass(frozen=True, slots=True)
class KeptRows:
    """The number of rows that name a person in a column of a table."""

    table: str
    column: str
    number: int


def columns() -> Iterator[Column[Any]]:
    """Yield the columns that name people: by their names, so that those of new tables are here."""
    people = (Account.__table__.c.id, OutsideAccount.__table__.c.id, TOLD)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in _NAMING or column.name.endswith("_by") or column in {*people}:
                yield column


def kept(session: Session, person: str) -> list[KeptRows]:
    """Return how many rows name a person, by table and column; reads every row.

    Raises UnknownPerson for a text that is no id.
    """
    _check_id(person)
    counted = (
        (column, session.scalar(select(func.count()).where(is_named(column, person))) or 0)
        for column in columns()
    )
    return [
        KeptRows(column.table.name, column.name, number) for column, number in counted if number
    ]


def forget(database: Database, person: str, at: datetime) -> int:
    """Delete what is a person's own, and have the history name nobody. Returns the number of rows.

    Messages to them and about them stay until retention deletes them. Raises StillHere,
    StillSending and UnknownPerson. Where it is broken off, the next call goes on, under another
    number of nobody's.
    """
    _check_id(person)
    with database.begin() as session:
        _check(session, person)
        number = _forget_own(session, person, at)
    nobody = account_id(FORGOTTEN, secrets.token_hex(4))
    for column in columns():
        if column is not TOLD:
            number += _renamed(database, column, person, nobody)
    if not number:
        raise UnknownPerson(person)
    return number


def _check_id(person: str) -> None:
    """Raise UnknownPerson for what rows have in place of a person, such as `adopted` or nothing."""
    if not is_user_id(person) and (not is_outsider(person) or " " in person):
        raise UnknownPerson(person)


def _check(session: Session, person: str) -> None:
    account = session.get(Account, person)
    if account is not None and account.refusal is None:
        raise StillHere(person)
    goes_on = Webhook.ended_at.is_(None) & is_named(Webhook.__table__.c.made_by, person)
    if numbers := session.scalars(select(Webhook.id).where(goes_on).order_by(Webhook.id)).all():
        raise StillSending(", ".join(map(str, numbers)))


def _forget_own(session: Session, person: str, at: datetime) -> int:
    for token in tokens.open_of(session, person, at):
        tokens.revoke(session, token.id, at)
    number = choices.forget(session, person)
    for model in (*_OWN, OutsideAccount, Account):
        table = model.__table__
        column = next(column for column in columns() if column.table is table)
        number += changed(session, delete(model).where(is_named(column, person)))
    return number


def _renamed(database: Database, column: Column[Any], person: str, nobody: str) -> int:
    """Have a column name nobody, a batch of rows at a time; returns the number of rows."""
    table, key = column.table, tuple_(*column.table.primary_key.columns)
    with database.reading() as session:
        found = session.execute(select(*table.primary_key.columns).where(is_named(column, person)))
        keys = [tuple(row) for row in found]
    number = 0
    for first in range(0, len(keys), BATCH_SIZE):
        with database.begin() as session:
            some = key.in_(keys[first : first + BATCH_SIZE])
            rows = update(table).where(some, is_named(column, person))
            number += changed(session, rows.values({column.name: nobody}))
    return number
