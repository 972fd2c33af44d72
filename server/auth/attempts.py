"""The cookies of browsers, and the sign-ins that they began: kept signed, and good once."""

from dataclasses import asdict

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from infrastructure.text import Sentence
from server.auth import cookies
from server.auth.providers import Attempt, SignInFailed

LIFETIME = 600  # seconds between the way to a provider and the way back


class Cookies:
    """The cookies of one host."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def named(self, name: str) -> str:
        """The whole name of a cookie."""
        return cookies.named(name, self._origin)

    def set(self, response: Response, name: str, value: str, seconds: int) -> None:
        """Have a browser keep a value; none for 0 seconds."""
        response.set_cookie(
            self.named(name),
            value,
            max_age=seconds,
            path="/",
            secure=cookies.is_secure(self._origin),
            httponly=True,
            samesite="Lax",
        )


class Attempts:
    """Sign-ins that browsers began at a provider, as what they have to bring back."""

    _NAME = "rollcall-signin"

    def __init__(self, secret_key: str, cookies: Cookies) -> None:
        self._cookies = cookies
        self._sealed = URLSafeTimedSerializer(secret_key, salt="rollcall.sign-in")

    def keep(self, response: Response, attempt: Attempt) -> None:
        """Have the browser keep a sign-in that it began at the attempt's provider."""
        sealed = self._sealed.dumps(asdict(attempt))
        self._cookies.set(response, self._NAME, str(sealed), LIFETIME)

    def kept(self, request: Request, provider: str) -> Attempt:
        """Return the sign-in that a browser began at this provider. Raises SignInFailed."""
        sealed = request.cookies.get(self._cookies.named(self._NAME), "")
        try:
            attempt = Attempt(**self._sealed.loads(sealed, max_age=LIFETIME))
        except (BadData, TypeError):
            raise _begun_elsewhere("no attempt") from None
        # Or one provider could pass for another, and spend the codes that this one gives.
        if attempt.provider != provider:
            raise _begun_elsewhere("an attempt at another provider")
        return attempt

    def forget(self, response: Response) -> None:
        """Have the browser forget the sign-in that it began: each is good once."""
        self._cookies.set(response, self._NAME, "", 0)


def _begun_elsewhere(code: str) -> SignInFailed:
    return SignInFailed(
        Sentence("This sign-in was begun in another browser, or too long ago. Begin again."), code
    )
