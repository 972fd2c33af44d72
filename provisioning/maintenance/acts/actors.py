"""The actors: people, and programs that act for them; their rights and operations."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from infrastructure.database.engine import Transactions
from provisioning.firstboot import unknown
from provisioning.registrations import operations
from provisioning.registrations.models import Operation

PROGRAM = "token"  # in the facts of an operation: the name of the token by which it was done


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts, as rows name people; `via` names the way: command, card, board …

    `token` is the name of the token by which a program acts for them.
    """

    by: str
    via: str
    token: str | None = None


class Permit(Protocol):
    """A check that a person may change Macs at sites. Raises NotAllowed."""

    def __call__(self, *sites: str) -> None:
        """Check it, without a query: a transaction may be open."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An actor at a moment: the database on which they act, and the checks of what they may do.

    The checks raise NotAllowed; `permit_admin` takes an action that completes “You may not …”.
    `is_admin`: the policy names them as an admin, so they may settle and edit others' imports.
    """

    actor: Actor
    at: datetime
    database: Transactions
    permit: Permit
    permit_admin: Callable[[str], None]
    is_admin: bool = False


@contextmanager
def acting(verb: str, principal: Principal) -> Iterator[tuple[Session, Operation]]:
    """A transaction with an operation of a person; `verb` is in the past tense.

    Unknown Macs that it registered are settled at its end.
    """
    actor, at = principal.actor, principal.at
    with principal.database.begin() as session:
        operation = operations.begin(session, verb, by=actor.by, via=actor.via, at=at)
        if actor.token is not None:
            operation.facts = {PROGRAM: actor.token}
        yield session, operation
        unknown.settle_known(session, at)
