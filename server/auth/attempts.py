"""Sign-ins that were begun: stored in the browsers, with the page to which each of them leads."""

import re
from dataclasses import asdict
from urllib.parse import quote, urlsplit

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from server.auth.cookies import ATTEMPT, PAGE, Cookies
from server.auth.providers import Attempt, begun_elsewhere

LIFETIME = 600  # seconds between the way to a provider and the way back
BOARD = "/board"
_PAGE = re.compile(rf"{BOARD}(?:[/?][!-~]{{0,1500}})?")  # the path and query of a page of ours


def page_before(request: Request) -> str:
    """Return the path of the page of ours on which a form or a link stood; else the board's."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:  # what a program sends in place of an address
        return BOARD
    page = f"{parts.path}?{parts.query}".rstrip("?")
    return page if _PAGE.fullmatch(page) else BOARD


class BegunSignIns:
    """A store of begun sign-ins in cookies, which the browsers bring back.

    What is kept at a provider is signed and valid once.
    """

    def __init__(self, secret_key: str, cookies: Cookies) -> None:
        self._cookies = cookies
        self._sealed = URLSafeTimedSerializer(secret_key, salt="rollcall.sign-in")

    def store(self, response: Response, attempt: Attempt) -> None:
        """Store a begun sign-in in the browser."""
        sealed = self._sealed.dumps(asdict(attempt))
        self._cookies.set(response, ATTEMPT, str(sealed), LIFETIME)

    def load(self, request: Request, provider: str) -> Attempt:
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

    def store_page(self, request: Request, response: Response) -> None:
        """Store the page that a browser without a session asked for.

        After a form or a file it is the page with that form, or with the link to the file.
        """
        page = f"{quote(request.path)}?{request.query_string.decode('latin-1')}".rstrip("?")
        if request.method != "GET" or request.path.endswith(".csv"):
            page = page_before(request)
        if _PAGE.fullmatch(page):
            self._cookies.set(response, PAGE, page, LIFETIME)

    def page(self, request: Request) -> str:
        """Return the path of the page that a browser asked for; else the board's."""
        page = request.cookies.get(self._cookies.named(PAGE), "")
        return page if _PAGE.fullmatch(page) else BOARD

    def forget_page(self, response: Response) -> None:
        """Remove that page from the browser."""
        self._cookies.set(response, PAGE, "", 0)
