"""Tables of other programs: facts about their tokens, and the calls that they made."""

from datetime import datetime
from types import NoneType
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, Json, OptionalFacts

# The acts that a token may be for: to see; to register Macs; to change what is registered; and
# what admins alone may do.
READ, REGISTER, CHANGE, ADMINISTER = "read", "register", "change", "administer"
ACTS = (READ, REGISTER, CHANGE, ADMINISTER)


class ApiToken(Base):
    """The facts about a token for the API, which is a credential.

    `made_by` is its maker as rows name people, None for an operator's own, which a command made.
    `acts` are some of ACTS; `sites` the only ones that it sees and changes, None: all.
    """

    __tablename__ = "api_tokens"

    credential_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    made_by: Mapped[str | None] = mapped_column(index=True)
    acts: Mapped[list[Any]] = mapped_column(Json(list, otherwise=list, items=str))
    sites: Mapped[list[Any] | None] = mapped_column(Json(list, NoneType, otherwise=list, items=str))
    expires_at: Mapped[datetime]


class ApiCall(Base):
    """A call of a program, by the `key` that the program chose: claimed first, then answered.

    `digest` is that of the call, `claim` names the attempt. A call without a `status` is not
    finished.
    """

    __tablename__ = "api_calls"

    credential_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    claim: Mapped[str]
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    headers: Mapped[OptionalFacts]
    body: Mapped[bytes | None]
