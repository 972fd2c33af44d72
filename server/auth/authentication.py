"""Authentication: clients with a credential, of all sites or of one, and scripts with a token."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.datastructures import Authorization, WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Request

from infrastructure.text import normalize
from provisioning.access import credentials
from provisioning.access.credentials import CredentialGrant
from provisioning.access.errors import EarlyToken, ExpiredToken, InvalidToken
from provisioning.access.models import INSTALLAPPLICATIONS
from provisioning.access.tokens import TokenGrant, Tokens
from provisioning.clients.imagr.errors import ConfigExpired
from provisioning.firstboot.placement import Requested
from server.auth.guards import (
    EARLY,
    ELSEWHERE,
    EXPIRED,
    FORGED,
    NOTHING_SENT,
    ONE_JSON,
    WRONG,
    Guard,
)
from server.auth.throttling import Tried

CHALLENGE = WWWAuthenticate("basic", {"realm": "Login Required"})


@dataclass(frozen=True, slots=True)
class Grant:
    """The rights of a caller.

    `permit` is what its token allows, None for a client, which came with a credential. `only` is
    the one site that Macs may go to, None: any.
    """

    permit: TokenGrant | None
    only: str | None


class Callers:
    """Knows what opens the Macs' door.

    `opened` says what a key opens that was made for a site.
    """

    def __init__(
        self,
        username: str,
        password: str,
        *,
        opened: Callable[[str], CredentialGrant | None],
        tokens: Tokens,
        guard: Guard,
    ) -> None:
        self._pair = Tried(_digest(f"{username}:{password}"), normalize(username))
        self._welcome: bytes | None = None  # the header in which that pair came last, as a digest
        self._opened = opened
        self._tokens = tokens
        self._guard = guard

    def admit(self, request: Request, site: str | None = None) -> str | None:
        """Let a client in by Basic auth, or by a site's key in any form.

        Returns the only site that its credential opens, None for all of them. Raises
        Unauthorized, Forbidden where the credential does not open `site` or opens one JSON for
        InstallApplications alone, TooManyRequests.
        """
        opened = self._opened_by(request)
        if opened is not None and opened.opens == INSTALLAPPLICATIONS:
            raise self._too_narrow(request, opened, "this address")
        only = opened.site if opened else None
        self.confine(request, only, site)
        return only

    def admit_to(self, request: Request, site: str, build: str) -> CredentialGrant | None:
        """Let a client in to the JSON of `site` and `build`, or to the script in it.

        Returns what its key opens, None for the user name and the password. Raises as `admit`.
        """
        opened = self._opened_by(request)
        if opened is not None and opened.opens != INSTALLAPPLICATIONS:
            self.confine(request, opened.site, site)
        elif opened is not None and not opened.is_for(site, build):
            raise self._too_narrow(request, opened, f"{site[:80]}/{build[:80]}")
        return opened

    def _opened_by(self, request: Request) -> CredentialGrant | None:
        """The grant of a client's key, None for the pair. Raises Unauthorized, TooManyRequests."""
        if self._guard.remembers(request, self._pair) and self._is_welcome(request):
            return None
        given = _given(request)
        if given is None or given.type not in ("basic", "bearer"):
            self._guard.refuse(request, NOTHING_SENT)
            raise Unauthorized("Send the user name and the password.", www_authenticate=CHALLENGE)
        key = (given.token if given.type == "bearer" else given.password) or ""
        opened = self._opened(key) if credentials.is_key(key) else None
        if opened is None:  # a key is of 192 random bits: nobody guesses it, so it never waits
            self._expect(request, given)
        return opened

    def _too_narrow(self, request: Request, opened: CredentialGrant, asked: str) -> Forbidden:
        """The refusal of a key that opens one JSON alone."""
        self._guard.refuse(request, ONE_JSON)
        return Forbidden(
            f"This credential opens the JSON of {opened} for InstallApplications and the script "
            f"in it, and nothing else, so not {asked}."
        )

    def confine(self, request: Request, only: str | None, site: str | None) -> None:
        """Refuse a caller who may speak of one site `only` and speaks of another. Raises Forbidden.

        None is any site, or none in particular.
        """
        if only and site and site != only and normalize(site) != normalize(only):
            self._guard.refuse(request, ELSEWHERE)
            raise Forbidden(
                f"This credential opens the site {only!r} and no other, so not {site[:80]!r}. "
                "Send that site's own, which `boot.sh credentials make SITE` makes."
            )

    def grant(self, request: Request) -> Grant:
        """Let in a client, as `admit` does, or a script by its token.

        Raises Unauthorized, InvalidToken, TooManyRequests.
        """
        token = bearer(request)
        if token is None:
            return Grant(None, self.admit(request))
        with self.judging(request):
            permit = self._tokens.verify(token)
        return Grant(permit, permit.allowed_site)

    @contextmanager
    def judging(self, request: Request) -> Iterator[None]:
        """Look into a token that came with `request`; what is wrong with it is a refusal.

        A good one never waits: nobody guesses a signature. Raises the InvalidToken that is raised
        in it, and TooManyRequests instead where somebody guesses.
        """
        try:
            yield
        except (ExpiredToken, ConfigExpired):
            self._guard.refuse(request, EXPIRED)
            raise
        except EarlyToken:
            self._guard.refuse(request, EARLY)
            raise
        except InvalidToken:
            tried = Tried(_digest_of_header(request))
            self._guard.hear(request, tried)
            self._guard.refuse(request, FORGED, tried)
            raise

    def _expect(self, request: Request, given: Authorization) -> None:
        tried = _tried(given)
        self._guard.hear(request, tried)
        is_right = hmac.compare_digest(self._pair.credential, tried.credential)
        if given.type != "basic" or not is_right:
            self._guard.refuse(request, WRONG, tried)
            raise Unauthorized("Wrong user name or password.", www_authenticate=CHALLENGE)
        self._welcome = _digest_of_header(request)
        self._guard.welcome(request, self._pair)

    def _is_welcome(self, request: Request) -> bool:
        """True where it is the header of the last client with the pair: a lab sends one for all."""
        known = self._welcome
        return known is not None and hmac.compare_digest(known, _digest_of_header(request))


def bearer(request: Request) -> str | None:
    """Return the token that a request comes with; None where it has none, or a site's key."""
    sent = request.environ.get("HTTP_AUTHORIZATION", "")
    given = None if sent.startswith("Basic ") else _given(request)  # most: it need not be parsed
    if given is None or given.type != "bearer":
        return None
    token = given.token or ""
    return None if credentials.is_key(token) else token


def within(permit: TokenGrant, site: str, build: str) -> Requested:
    """Where a token is bound to, unless it is said that the Mac goes somewhere else."""
    bound = permit.destination
    said = Requested(site or bound.site, build or bound.build, permit.allowed_site)
    if not said.means(bound):
        raise Forbidden(f"This token is for {bound}, not for {said}.")
    return said


class Editors:
    """Knows who may edit manifests: those who have a key that was made for it, and nobody else."""

    def __init__(self, opened: Callable[[str], CredentialGrant | None], guard: Guard) -> None:
        self._opened, self._guard = opened, guard

    def admit(self, request: Request) -> str:
        """Let somebody in; returns the name that they give, which the history will have.

        Raises Unauthorized, TooManyRequests.
        """
        given = _given(request)
        key = (given.token or given.password or "") if given is not None else ""
        if not credentials.is_key(key) or self._opened(key) is None:
            self._refuse(request, given)
            raise Unauthorized(
                "Send a key that `boot.sh credentials make --all-sites --manifests` made.",
                www_authenticate=CHALLENGE,
            )
        name = (given.username if given is not None else None) or "somebody with a key"
        return name[:80] if name.isprintable() else "somebody with a key"

    def _refuse(self, request: Request, given: Authorization | None) -> None:
        if given is None:
            self._guard.refuse(request, NOTHING_SENT)
        else:
            tried = Tried(_digest_of_header(request))
            self._guard.hear(request, tried)
            self._guard.refuse(request, WRONG, tried)


def _given(request: Request) -> Authorization | None:
    try:
        return request.authorization
    except ValueError:  # werkzeug expects Basic credentials in ASCII
        return None


def _tried(given: Authorization) -> Tried:
    if given.type != "basic":
        return Tried(_digest(given.token or ""))
    username = given.username or ""
    return Tried(_digest(f"{username}:{given.password or ''}"), normalize(username))


def _digest(credential: str) -> bytes:
    # Of one length whatever was sent, so that comparing them takes the same time.
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()


def _digest_of_header(request: Request) -> bytes:
    sent: str = request.environ.get("HTTP_AUTHORIZATION", "")
    return hashlib.sha256(sent.encode("latin-1", "replace")).digest()
