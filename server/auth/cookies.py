"""The names of the board's cookies, which its server and the process `live` read.

Over plain http, which is for localhost and development, they have other names: browsers take
`__Host-…` and `Secure` over https alone.
"""


def session_cookie(origin: str) -> str:
    """Return the name of the cookie with the session of a person; `origin` is the board's."""
    return f"{_prefix(origin)}rollcall"


def attempt_cookie(origin: str) -> str:
    """Return the name of the cookie with a sign-in that was begun."""
    return f"{_prefix(origin)}rollcall-signin"


def screen_cookie(origin: str) -> str:
    """Return the name of the cookie of a screen."""
    return f"{_prefix(origin)}rollcall-screen"


def is_secure(origin: str) -> bool:
    """True where the board is reached by https."""
    return origin.startswith("https:")


def _prefix(origin: str) -> str:
    return "__Host-" if is_secure(origin) else ""
