"""The network addresses that calls come from, as a proxy in front of the server says them."""

import ipaddress
import re
from functools import lru_cache

from werkzeug.wrappers import Request

UNKNOWN = "unknown"  # the address of a caller of whom nobody says it, as behind a Unix socket
LONGEST = 64  # characters of an address, its zone and its port
HOST, CUSTOMER = 64, 48  # bits of IPv6 networks: a host has the whole of one, a customer of one
# An address as some proxies forward it, such as 10.0.0.7:5000 or [2001:db8::7]:5000.
_WITH_PORT = re.compile(r"\[(?P<six>[^]]+)](:\d+)?|(?P<four>[\d.]+):\d+", re.ASCII)


def address_of(request: Request) -> str:
    """Return the address of a request's caller: an IPv4 address, or the /64 network of an IPv6 one.

    What ROLLCALL_PROXIES believes and nobody can read counts as the address of the proxy that
    said it. UNKNOWN where that cannot be read either.
    """
    environ = request.environ
    found = _read(environ.get("REMOTE_ADDR"))
    if found is None:
        found = _read(environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR"))
    return found or UNKNOWN


@lru_cache(maxsize=1024)
def customer_of(address: str) -> str | None:
    """Return the /48 network that an address of `address_of` is in; None for IPv4."""
    if "/" not in address:
        return None
    return str(ipaddress.ip_network(address).supernet(new_prefix=CUSTOMER))


def _read(said: str | None) -> str | None:
    return _parsed(said) if said and len(said) <= LONGEST else None


@lru_cache(maxsize=1024)
def _parsed(said: str) -> str | None:
    with_port = _WITH_PORT.fullmatch(said)
    try:
        found = ipaddress.ip_address(
            (with_port["six"] or with_port["four"]) if with_port else said.strip()
        )
    except ValueError:
        return None
    if found.version == 4:  # noqa: PLR2004
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), HOST), strict=False))
