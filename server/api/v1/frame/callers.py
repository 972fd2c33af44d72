"""Callers of the API: programs with a token, never wider than the person who made it."""

from collections.abc import Callable
from datetime import datetime

from flask import Request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from infrastructure.database.engine import Database, Transactions
from provisioning.access import credentials
from provisioning.access.accounts import people
from provisioning.access.credentials import CredentialGrant
from provisioning.access.programs import tokens
from provisioning.access.programs.tokens import (
    BoundToken,
    MakerGone,
    OtherAct,
    OutsideToken,
    ProgramToken,
)
from provisioning.access.refusals import NOTHING_SENT, WRONG
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.policy import PolicyFile
from server.auth import admission
from server.auth.browsers import Visitor
from server.auth.guards import Guard
from server.auth.throttling import TriedCredential, digest_of

VIA = "api"
LONGEST_HEADER = 300  # characters of what may be a token
CHALLENGE = WWWAuthenticate("bearer", {"realm": "Rollcall"})
_SCHEME = "bearer "


class Caller:
    """A program that calls, by its token; `maker` is None for a token that an operator made."""

    def __init__(self, token: ProgramToken, maker: Visitor | None) -> None:
        self.token, self._maker = token, maker
        self.actor = Actor(token.author, VIA, token.name)

    def check(self, act: str | None) -> None:
        """Check that the token is for an act, one of ACTS. Raises OtherAct."""
        if act is not None and act not in self.token.acts:
            raise OtherAct(act)

    def permit(self, *sites: str) -> None:
        """Check that it may register and change Macs at sites. Raises OutsideToken, NotAllowed."""
        if not all(map(self.token.reaches, sites)):
            raise OutsideToken
        if self._maker is not None:
            self._maker.permit(*sites)

    def permit_admin(self, action: str) -> None:
        """Check that the maker is an admin; `action` completes “You may not …”. Raises NotAllowed.

        An operator's own token is one.
        """
        if self._maker is not None:
            self._maker.permit_admin(action)

    def permit_all_sites(self) -> None:
        """Check that its token is for all sites. Raises BoundToken."""
        if self.token.sites is not None:
            raise BoundToken

    def permit_named_admin(self, action: str) -> None:
        """Check that its token is for all sites, and its maker an admin whom the policy names.

        Raises BoundToken, NotAllowed.
        """
        self.permit_all_sites()
        if self._maker is not None:
            self._maker.permit_named_admin(action)

    def principal(self, at: datetime, database: Transactions) -> Principal:
        """Return the program as acts on a database take it."""
        is_admin = self.token.sites is None and (self._maker is None or self._maker.is_named_admin)
        return Principal(
            self.actor, at, database, self.permit, self.permit_admin, is_admin=is_admin
        )


class Programs:
    """An authenticator of programs. `find_credential` returns the grant of a key.

    Threads may share one. Rights are looked up at each call, so that a token ends with its maker.
    """

    def __init__(
        self,
        database: Database,
        policy: PolicyFile,
        find_credential: Callable[[str], CredentialGrant | None],
        guard: Guard,
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._policy = database, policy
        self._find_credential, self._guard = find_credential, guard
        self._groups = people.Groups(database)
        self.clock = clock

    def admit(self, request: Request) -> Caller:
        """Let a program in. Raises Unauthorized, MakerGone, TooManyRequests."""
        header = request.environ.get("HTTP_AUTHORIZATION", "")[:LONGEST_HEADER]
        key = header[len(_SCHEME) :].strip() if header.lower().startswith(_SCHEME) else ""
        grant = self._find_credential(key) if credentials.is_key(key) else None
        if grant is None:
            raise self._refusal(request, header)
        return self._caller(grant.id)

    def check_still(self, caller: Caller) -> None:
        """Check that an admitted program would still be admitted. Raises what `admit` raises."""
        self._caller(caller.token.id)

    def _caller(self, credential_id: int) -> Caller:
        now = self.clock()
        with self._database.reading() as session:
            token = tokens.find(session, credential_id)
            if token is None or not token.is_open(now):
                # It was valid once, so this does not count as a guess.
                raise Unauthorized("This token has ended.", www_authenticate=CHALLENGE)
            signed_in = tokens.maker(session, token, now)
        if signed_in is None:
            return Caller(token, None)
        policy = self._policy.policy
        if signed_in.outside is not None and not admission.is_let_in(policy, signed_in.outside):
            raise MakerGone
        groups = self._groups.of(signed_in.account_id)
        return Caller(token, Visitor(signed_in, groups, policy))

    def _refusal(self, request: Request, header: str) -> Unauthorized:
        if not header:
            self._guard.refuse(request, NOTHING_SENT)
        else:
            tried = TriedCredential(digest_of(header))
            self._guard.throttle(request, tried)
            self._guard.refuse(request, WRONG, tried)
        return Unauthorized(
            "There is no token in this call that opens the API.", www_authenticate=CHALLENGE
        )
