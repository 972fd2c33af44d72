"""Authentication of clients with a credential for all sites or one, and of scripts with a token."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.datastructures import Authorization, WWWAuthenticate
from werkzeug.exceptions import Forbidden, NotFound, Unauthorized
from werkzeug.wrappers import Request

from infrastructure.text import normalize
from provisioning.access import credentials
from provisioning.access.credentials import CredentialGrant
from provisioning.access.errors import EarlyToken, ExpiredToken, InvalidToken
from provisioning.access.models import INSTALLAPPLICATIONS
from provisioning.access.refusals import (
    EARLY,
    ELSEWHERE,
    EXPIRED,
    FORGED,
    NOTHING_SENT,
    ONE_JSON,
    WRONG,
)
from provisioning.access.tokens import TokenGrant, Tokens
from provisioning.clients.imagr.errors import ConfigExpired
from provisioning.firstboot.placement import Requested
from provisioning.munki import Destination
from server.auth.guards import Guard
from server.auth.throttling import TriedCredential, digest_of

CHALLENGE = WWWAuthenticate("basic", {"realm": "Login Required"})


@dataclass(frozen=True, slots=True)
class Grant:
    """The rights of a caller.

    `token_grant` is the grant of its token, None for a client, which has a credential.
    `allowed_site` is the only site to which Macs may go; None allows all.
    """

    token_grant: TokenGrant | None
    allowed_site: str | None


class Callers:
    """An authenticator of clients and scripts of Macs.

    `find_credential` returns the grant of a key that was made for a site, None for an unknown key.
    """

    def __init__(
        self,
        username: str,
        password: str,
        *,
        find_credential: Callable[[str], CredentialGrant | None],
        tokens: Tokens,
        guard: Guard,
    ) -> None:
        self._pair = TriedCredential(digest_of(f"{username}:{password}"), normalize(username))
        self._welcome: bytes | None = None  # the header in which that pair came last, as a digest
        self._find_credential = find_credential
        self._tokens = tokens
        self._guard = guard

    def admit(self, request: Request, site: str | None = None) -> str | None:
        """Let a client in by Basic auth, or by a site's key in any form.

        Returns the only site that its credential opens, None for all of them. Raises
        Unauthorized, Forbidden where the credential does not open `site` or opens one JSON for
        InstallApplications alone, TooManyRequests.
        """
        credential = self._credential_in(request)
        if credential is not None and credential.opens == INSTALLAPPLICATIONS:
            raise self._too_narrow(request, credential, "this address")
        allowed_site = credential.site if credential else None
        self.confine(request, allowed_site, site)
        return allowed_site

    def admit_to(self, request: Request, site: str, build: str) -> CredentialGrant | None:
        """Let a client in to the JSON of `site` and `build`, or to the script in it.

        Each is empty where the request does not name it, or the repo has no such kind. Returns
        the grant of the key, None for user name and password. Raises what `admit` raises.
        """
        credential = self._credential_in(request)
        if credential is not None and credential.opens != INSTALLAPPLICATIONS:
            self.confine(request, credential.site, site)
        elif credential is not None and not credential.is_for(site, build):
            raise self._too_narrow(request, credential, str(Destination(site[:80], build[:80])))
        return credential

    def _credential_in(self, request: Request) -> CredentialGrant | None:
        """The grant of a client's key; None for user name and password. Raises as `admit`."""
        if self._guard.knows(request, self._pair) and self._was_accepted(request):
            return None
        authorization = _authorization_of(request)
        if authorization is None or authorization.type not in ("basic", "bearer"):
            self._guard.refuse(request, NOTHING_SENT)
            raise Unauthorized("Send the user name and the password.", www_authenticate=CHALLENGE)
        key = (
            authorization.token if authorization.type == "bearer" else authorization.password
        ) or ""
        credential = self._find_credential(key) if credentials.is_key(key) else None
        if credential is None:  # a key of 192 random bits cannot be guessed, so it never waits
            self._check_pair(request, authorization)
        return credential

    def _too_narrow(self, request: Request, credential: CredentialGrant, target: str) -> Forbidden:
        """The refusal of a key that is only for one JSON."""
        self._guard.refuse(request, ONE_JSON)
        return Forbidden(
            f"This credential opens the JSON of {credential} for InstallApplications and the "
            f"script in it, and nothing else, so not {target}."
        )

    def siteless(self, request: Request, credential: CredentialGrant) -> Forbidden:
        """Return the refusal of a site's key where the layout of the Munki repo has no sites."""
        self._guard.refuse(request, ELSEWHERE)
        return Forbidden(
            f"This credential opens the site {credential.site!r}, and the Munki repo has no sites: "
            "send one that `boot.sh credentials make --all-sites` made."
        )

    def confine(self, request: Request, allowed_site: str | None, site: str | None) -> None:
        """Refuse a request for another `site` than the allowed one. Raises Forbidden.

        None stands for any site.
        """
        if not allowed_site or not site or site == allowed_site:
            return
        if normalize(site) != normalize(allowed_site):
            self._guard.refuse(request, ELSEWHERE)
            raise Forbidden(
                f"This credential opens the site {allowed_site!r} and no other, so not "
                f"{site[:80]!r}. "
                "Send that site's own, which `boot.sh credentials make SITE` makes."
            )

    def grant(self, request: Request) -> Grant:
        """Let in a client, as `admit` does, or a script by its token.

        Raises Unauthorized, InvalidToken, TooManyRequests.
        """
        token = bearer(request)
        if token is None:
            return Grant(None, self.admit(request))
        with self.counting_refusals(request):
            token_grant = self._tokens.verify(token)
        return Grant(token_grant, token_grant.allowed_site)

    @contextmanager
    def counting_refusals(self, request: Request) -> Iterator[None]:
        """A context that counts an InvalidToken raised in it as a refusal of `request`.

        A valid token never waits: a signature cannot be guessed. Raises TooManyRequests instead of
        the error where a caller guesses.
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
            tried = TriedCredential(_digest_of_header(request))
            self._guard.throttle(request, tried)
            self._guard.refuse(request, FORGED, tried)
            raise

    def _check_pair(self, request: Request, authorization: Authorization) -> None:
        tried = _tried(authorization)
        self._guard.throttle(request, tried)
        is_right = hmac.compare_digest(self._pair.credential, tried.credential)
        if authorization.type != "basic" or not is_right:
            self._guard.refuse(request, WRONG, tried)
            raise Unauthorized("Wrong user name or password.", www_authenticate=CHALLENGE)
        self._welcome = _digest_of_header(request)
        self._guard.remember(request, self._pair)

    def _was_accepted(self, request: Request) -> bool:
        """True if it is the last valid header with the password: Macs of a lab send the same."""
        welcome = self._welcome
        return welcome is not None and hmac.compare_digest(welcome, _digest_of_header(request))


def bearer(request: Request) -> str | None:
    """Return the token of a request; None where it has none, or a site's key."""
    header: str = request.environ.get("HTTP_AUTHORIZATION", "")
    if not header.lower().startswith("bearer"):
        return None  # most calls send the password, which is known again without being decoded
    authorization = _authorization_of(request)
    if authorization is None or authorization.type != "bearer":
        return None
    token = authorization.token or ""
    return None if credentials.is_key(token) else token


def requested_within(token_grant: TokenGrant, site: str, build: str) -> Requested:
    """Return the destination of a token. Raises Forbidden where a script names another one."""
    bound = token_grant.destination
    requested = Requested(site or bound.site, build or bound.build, token_grant.allowed_site)
    if not requested.means(bound):
        raise Forbidden(f"This token is for {bound}, not for {requested}.")
    return requested


class Editors:
    """An authenticator of editors of manifests, each with a key for that."""

    def __init__(
        self, find_credential: Callable[[str], CredentialGrant | None], guard: Guard
    ) -> None:
        self._find_credential, self._guard = find_credential, guard

    def admit(self, request: Request) -> str:
        """Let an editor in; returns the user name, for the history.

        Raises Unauthorized, TooManyRequests.
        """
        authorization = _admit_by_key(
            request, self._find_credential, self._guard, "--all-sites --manifests"
        )
        name = authorization.username or "somebody with a key"
        return name[:80] if name.isprintable() else "somebody with a key"


class Scrapers:
    """An authenticator of Prometheus. `are_there_keys` tells if there is a key for metrics."""

    def __init__(
        self,
        find_credential: Callable[[str], CredentialGrant | None],
        are_there_keys: Callable[[], bool],
        guard: Guard,
    ) -> None:
        self._find_credential, self._guard = find_credential, guard
        self._are_there_keys = are_there_keys

    def admit(self, request: Request) -> None:
        """Let Prometheus in. Raises NotFound without any key, Unauthorized, TooManyRequests."""
        if not self._are_there_keys():
            raise NotFound()
        _admit_by_key(request, self._find_credential, self._guard, "--metrics")


def _admit_by_key(
    request: Request,
    find_credential: Callable[[str], CredentialGrant | None],
    guard: Guard,
    options: str,
) -> Authorization:
    """Return what a request with a good key sent, as `credentials make` makes it with `options`.

    Raises Unauthorized, TooManyRequests.
    """
    authorization = _authorization_of(request)
    if authorization is None:
        guard.refuse(request, NOTHING_SENT)
    else:
        key = authorization.token or authorization.password or ""
        if credentials.is_key(key) and find_credential(key) is not None:
            return authorization
        tried = TriedCredential(_digest_of_header(request))
        guard.throttle(request, tried)
        guard.refuse(request, WRONG, tried)
    raise Unauthorized(
        f"Send a key that `boot.sh credentials make {options}` made.", www_authenticate=CHALLENGE
    )


def _authorization_of(request: Request) -> Authorization | None:
    try:
        return request.authorization
    except ValueError:  # werkzeug expects Basic credentials in ASCII
        return None


def _tried(authorization: Authorization) -> TriedCredential:
    if authorization.type != "basic":
        return TriedCredential(digest_of(authorization.token or ""))
    username = authorization.username or ""
    return TriedCredential(
        digest_of(f"{username}:{authorization.password or ''}"), normalize(username)
    )


def _digest_of_header(request: Request) -> bytes:
    header: str = request.environ.get("HTTP_AUTHORIZATION", "")
    return hashlib.sha256(header.encode("latin-1", "replace")).digest()
