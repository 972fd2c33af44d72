"""The names of the board's cookies, which its server and the process `live` read."""

SESSION = "rollcall"  # of a person
SCREEN = "rollcall-screen"


def named(name: str, origin: str) -> str:
    """Return the whole name of a cookie of the board at an address.

    Over plain http, which is for localhost and development, cookies have other names: browsers take
    `__Host-…` and `Secure` over https alone.
    """
    return f"__Host-{name}" if is_secure(origin) else name


def is_secure(origin: str) -> bool:
    """True where the board is reached by https."""
    return origin.startswith("https:")
