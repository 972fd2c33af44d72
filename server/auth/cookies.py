"""The cookies of the board, which the server sets, and the process `live` reads too."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `live` carries no Flask
    from flask import Response

SESSION, SCREEN = "rollcall", "rollcall-screen"
ATTEMPT, PAGE = "rollcall-signin", "rollcall-page"  # of a sign-in, and where it leads


class Cookies:
    """The cookies of one host, by the names above; `origin` is the board's.

    Over plain http, which is for localhost and development, they have other names: browsers take
    `__Host-…` and `Secure` over https alone.
    """

    def __init__(self, origin: str) -> None:
        self._is_secure = origin.startswith("https:")

    def named(self, name: str) -> str:
        """The name of a cookie with its prefix."""
        return f"__Host-{name}" if self._is_secure else name

    def set(self, response: "Response", name: str, value: str, seconds: int) -> None:
        """Set a cookie for some seconds; 0 removes it."""
        response.set_cookie(
            self.named(name),
            value,
            max_age=seconds,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="Lax",
        )
