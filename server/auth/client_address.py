"""Network addresses of callers, also as forwarded by proxies in front of the server."""

import ipaddress
import re
from functools import lru_cache

from werkzeug.wrappers import Request

UNKNOWN = "unknown"  # the address of a caller where no proxy says it, as behind a Unix socket
LONGEST = 64  # characters of an address, its zone and its port
HOST, CUSTOMER = 64, 48  # bits of IPv6 networks: a host has the whole of one, a customer of one
# An address as some proxies forward it, such as 10.0.0.7:5000 or [2001:db8::7]:5000.
_WITH_PORT = re.compile(r"\[(?P<six>[^]]+)](:\d+)?|(?P<four>[\d.]+):\d+", re.ASCII)


def address_of(request: Request) -> str:
    """Return the address of a request's caller: an IPv4 address, or the /64 network of an IPv6 one.

    A forwarded address (ROLLCALL_PROXIES) that cannot be read is replaced by that of the proxy
    that sent it; UNKNOWN where that cannot be read either.
    """
    environ = request.environ
    address = _read(environ.get("REMOTE_ADDR"))
    if address is None:
        address = _read(environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR"))
    return address or UNKNOWN


@lru_cache(maxsize=1024)
def customer_of(address: str) -> str | None:
    """Return the /48 network of an address from `address_of`; None for IPv4."""
    if "/" not in address:
        return None
    return str(ipaddress.ip_network(address).supernet(new_prefix=CUSTOMER))


def _read(text: str | None) -> str | None:
    return _parsed(text) if text and len(text) <= LONGEST else None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> str | None:
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address(
            (with_port["six"] or with_port["four"]) if with_port else text.strip()
        )
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), HOST), strict=False))
