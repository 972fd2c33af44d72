"""Sign-ins that were begun at a provider: signed, stored in the browsers, and valid once."""

from dataclasses import asdict

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from server.auth.cookies import ATTEMPT, Cookies
from server.auth.providers import Attempt, begun_elsewhere

LIFETIME = 600  # seconds between the way to a provider and the way back


class BegunSignIns:
    """A store of begun sign-ins in cookies, which the browsers bring back."""

    def __init__(self, secret_key: str, cookies: Cookies) -> None:
        self._cookies = cookies
        self._sealed = URLSafeTimedSerializer(secret_key, salt="rollcall.sign-in")

    def keep(self, response: Response, attempt: Attempt) -> None:
        """Store a begun sign-in in the browser."""
        sealed = self._sealed.dumps(asdict(attempt))
        self._cookies.set(response, ATTEMPT, str(sealed), LIFETIME)

    def kept(self, request: Request, provider: str) -> Attempt:
        """Return the sign-in that a browser began at this provider. Raises SignInFailed."""
        sealed = request.cookies.get(self._cookies.named(ATTEMPT), "")
        try:
            attempt = Attempt(**self._sealed.loads(sealed, max_age=LIFETIME))
        except (BadData, TypeError):
            raise begun_elsewhere("no attempt") from None
        # Or one provider could pass for another, and spend the codes that this one gives.
        if attempt.provider != provider:
            raise begun_elsewhere("an attempt at another provider")
        return attempt

    def forget(self, response: Response) -> None:
        """Remove a begun sign-in from the browser: each is valid once."""
        self._cookies.set(response, ATTEMPT, "", 0)
