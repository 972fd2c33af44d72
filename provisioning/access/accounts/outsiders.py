"""Accounts of outsiders: people whom another provider of sign-in than Slack vouches for.

Nothing is refreshed here: rights follow from the groups of the last sign-in, and sessions are
short. No account is ever found by an e-mail address, so none is linked with one in Slack.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import put
from provisioning.access.accounts import open_sessions
from provisioning.access.accounts.models import OutsideAccount
from provisioning.values import outsiders


@dataclass(frozen=True, slots=True)
class Outsider:
    """An outsider as a provider describes them at a sign-in.

    `provider` is its name in the policy, `issuer` its address; `subject` is its id of the person,
    which has no meaning at another provider.
    """

    provider: str
    issuer: str
    subject: str
    name: str
    language: str
    groups: frozenset[str]

    @property
    def account_id(self) -> str:
        """The id of their account."""
        return outsiders.account_id(self.provider, self.subject)

    @property
    def shown_name(self) -> str:
        """The name as it may be shown."""
        return outsiders.shown_name(self.name, self.account_id)


def is_named(column: ColumnElement[Any], account_id: str) -> ColumnElement[bool]:
    """The condition that a column names an account, with a name behind its id or without one.

    Not by LIKE, which takes small letters for capital ones in SQLite: ids may differ by them.
    """
    start = func.substr(column, 1, len(account_id) + 1)
    return or_(column == account_id, start == f"{account_id} ")


def record(session: Session, outsider: Outsider, at: datetime) -> None:
    """Record what a sign-in says about an outsider; it replaces what the last one said.

    A subject of another issuer, which has the name of that provider now, is another person: their
    open sessions end.
    """
    same = select(OutsideAccount.issuer).where(OutsideAccount.id == outsider.account_id)
    if session.scalar(same) not in (None, outsider.issuer):
        open_sessions.end_all_of(session, outsider.account_id, at)
    values = {
        "provider": outsider.provider,
        "issuer": outsider.issuer,
        "subject": outsider.subject,
        "name": outsider.shown_name,
        "language": outsider.language,
        "groups": sorted(outsider.groups),
        "signed_in_at": at,
    }
    put(session, OutsideAccount, {"id": outsider.account_id}, values)
