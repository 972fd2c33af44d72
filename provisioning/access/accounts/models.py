"""Tables of the board's people and screens: accounts, groups, sessions, one-time links, tickets."""

from datetime import datetime
from types import NoneType
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, Json

# The ways to sign in: a provider, a link of `boot.sh sign-in`, a code that the bot gave.
SLACK, LINK, CODE = "slack", "link", "code"


class Directory(Base):
    """The one row about the copy of Slack's list of people: its `team` and its age.

    `claimed_at` is when a job runner last began to refresh it.
    """

    __tablename__ = "directories"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    team: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class Account(Base):
    """A person of the workspace, by the Slack user id.

    `refusal` is the reason why they may not use Rollcall, a Sentence as JSON; None for most.
    """

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    language: Mapped[str]
    refusal: Mapped[dict[str, Any] | None] = mapped_column(Json(dict, NoneType, otherwise=dict))


class OutsideAccount(Base):
    """A person of another provider than Slack, as the last sign-in described them.

    `id` is that of provider and subject, `issuer` the address of the provider at that time.
    """

    __tablename__ = "outsiders"

    id: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    language: Mapped[str]
    groups: Mapped[list[Any]] = mapped_column(Json(list, otherwise=list, items=str))
    signed_in_at: Mapped[datetime]


class UserGroup(Base):
    """A Slack user group that the policy names, and the ids of its members."""

    __tablename__ = "user_groups"

    id: Mapped[str] = mapped_column(primary_key=True)
    members: Mapped[list[Any]] = mapped_column(Json(list, otherwise=list, items=str))


class BrowserSession(Base):
    """A session of a browser: the SHA-256 of its random id, its person, and the way of signing in.

    `way` is SLACK, LINK, CODE or the name of a provider, `agent` the browser as it names itself.
    """

    __tablename__ = "browser_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(index=True)
    way: Mapped[str]
    agent: Mapped[str]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInLink(Base):
    """A link that lets an admin in once, as the SHA-256 of its code."""

    __tablename__ = "sign_in_links"

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Screen(Base):
    """A screen in an imaging room: the SHA-256 of its random id, the only `site` that it shows.

    Without a site it shows all. `agent` is the browser as it names itself.
    """

    __tablename__ = "screens"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    site: Mapped[str | None]
    agent: Mapped[str]
    paired_by: Mapped[str]
    paired_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class ScreenTicket(Base):
    """A ticket for the screen that shows a code, which is kept as a digest with a key."""

    __tablename__ = "screen_tickets"

    digest: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str | None]
    made_by: Mapped[str]
    expires_at: Mapped[datetime]


class SignInCode(Base):
    """A code that lets a person in once, as its SHA-256."""

    __tablename__ = "sign_in_codes"

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
