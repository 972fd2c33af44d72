"""Who calls: a client with the site's user name and password, or a script with its token."""

import hashlib
import hmac

from werkzeug.datastructures import Authorization, WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Request

from provisioning.tokens import Permit, Tokens

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

    def bound_to(self, request: Request) -> Permit | None:
        """Let a client in by Basic auth (None) or a script by its token (what that allows).

        Raises Unauthorized or InvalidToken.
        """
        given = _given(request)
        if given is not None and given.type == "bearer":
            return self._tokens.verify(given.token or "")
        self.admit(request)
        return None


def _given(request: Request) -> Authorization | None:
    try:
        return request.authorization
    except ValueError:  # werkzeug expects Basic credentials in ASCII
        return None


def _digest(username: str, password: str) -> bytes:
    # Of one length whatever was sent, so that comparing them takes the same time.
    return hashlib.sha256(f"{username}:{password}".encode()).digest()
