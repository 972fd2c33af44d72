"""Who calls: a client with the site's user name and password, or a script with its token."""

import hashlib
import hmac

from werkzeug.datastructures import Authorization, WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Request

from provisioning.munki import Destination
from provisioning.tokens import Tokens

CHALLENGE = WWWAuthenticate("basic", {"realm": "Login Required"})


class Callers:
    """Knows the credentials that open the Macs' door."""

    def __init__(self, username: str, password: str, tokens: Tokens) -> None:
        self._expected = _digest(username, password)
        self._tokens = tokens

    def admit(self, request: Request) -> None:
        """Let a client in by Basic auth. Raises Unauthorized."""
        given = _given(request)
        if given is None or given.type != "basic":
            raise Unauthorized("Send the user name and the password.", www_authenticate=CHALLENGE)
        if not hmac.compare_digest(
            self._expected, _digest(given.username or "", given.password or "")
        ):
            raise Unauthorized("Wrong user name or password.", www_authenticate=CHALLENGE)

    def bound_to(self, request: Request) -> Destination | None:
        """Let a client in by Basic auth (None) or a script by its token (where it may send Macs).

        That is WHERE_REGISTERED for a script that names no destination.

        Raises Unauthorized or InvalidToken.
        """
        token = bearer(request)
        if token is not None:
            return self._tokens.verify(token)
        self.admit(request)
        return None


def bearer(request: Request) -> str | None:
    """Return the token that a request comes with; None where it comes with none."""
    given = _given(request)
    return given.token or "" if given is not None and given.type == "bearer" else None


def _given(request: Request) -> Authorization | None:
    try:
        return request.authorization
    except ValueError:  # werkzeug expects Basic credentials in ASCII
        return None


def _digest(username: str, password: str) -> bytes:
    # Of one length whatever was sent, so that comparing them takes the same time.
    return hashlib.sha256(f"{username}:{password}".encode()).digest()
