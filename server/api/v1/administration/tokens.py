"""The token with which a program calls, as the program sees it."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from server.api.v1.frame.routes import Answer, Call, KnownPerson, Moment, Route

Act = Literal["read", "register", "change", "administer"]


class Token(BaseModel):
    """A token: what it is for, which sites it reaches (null: all), until when it is good.

    `made_by` is its maker, the id of a person in Slack or a name; null for an operator's own.
    """

    id: int
    name: str
    acts: list[Act]
    sites: list[str] | None
    made_by: KnownPerson
    made_at: Moment
    expires_at: Moment


def get_token(call: Call) -> Answer[Token]:
    """The token of this call: what it may do, and until when."""
    token = call.caller.token
    return Answer(
        Token(
            id=token.id,
            name=token.name,
            acts=sorted(token.acts),
            sites=None if token.sites is None else list(token.sites),
            made_by=token.made_by,
            made_at=token.made_at,
            expires_at=token.expires_at,
        )
    )


ROUTES: Sequence[Route] = [Route("GET", "/token", get_token, None, tag="token")]
