"""The keys for the Macs' door, for programs: listed and revoked; for tokens of named admins.

None is made here: an answer is kept for a day, and a key must not be.
"""

from collections.abc import Sequence
from functools import partial

from pydantic import BaseModel

from infrastructure.text import Sentence
from provisioning.access import credentials as keys
from provisioning.access.credentials import UnknownCredential
from provisioning.access.programs.models import ADMINISTER
from provisioning.access.programs.tokens import BoundToken
from provisioning.policy import NotAllowed
from server.api.v1.frame.routes import Answer, Call, Moment, Resource, Route

MANAGING = Sentence("make and revoke keys")


class CredentialResource(Resource):
    """A key without itself: what it `opens`, and where (null: everywhere).

    One that opens the `api` is a token: what it is for is not said here.
    """

    id: int
    opens: str
    site: str | None
    build: str | None
    made_at: Moment
    used_at: Moment | None
    revoked_at: Moment | None


class Credentials(BaseModel):
    """All keys, revoked ones and tokens of programs too."""

    items: list[CredentialResource]


def list_credentials(call: Call) -> Answer[Credentials]:
    """All keys of sites and of other kinds, and all tokens: what each opens, never its secret."""
    call.caller.permit_named_admin(MANAGING)
    with call.database.reading() as session:
        items = [CredentialResource.model_validate(each) for each in keys.listed(session)]
    return Answer(Credentials(items=items))


def revoke_credential(call: Call, number: int) -> Answer[CredentialResource]:
    """Revoke a key or a token: every server refuses it within two seconds."""
    call.caller.permit_named_admin(MANAGING)
    with call.database.begin() as session:
        return Answer(CredentialResource.model_validate(keys.revoke(session, number, call.at)))


_REFUSED, _REVOKE = (BoundToken, NotAllowed), "/credentials/{number}/revoke"
_route = partial(Route, act=ADMINISTER, tag="credentials")
ROUTES: Sequence[Route] = [
    _route("GET", "/credentials", list_credentials, refuses=_REFUSED),
    _route("POST", _REVOKE, revoke_credential, refuses=(*_REFUSED, UnknownCredential)),
]
