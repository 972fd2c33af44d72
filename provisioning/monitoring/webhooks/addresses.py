"""Addresses to which messages may go: those of the internet, and networks that the policy allows.

A name is looked up at each attempt, and the connection goes to the address that was judged: a name
that leads elsewhere at the next look-up leads us nowhere.
"""

import socket
from collections.abc import Callable, Collection, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from infrastructure.errors import RollcallError

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]

# Prefixes of IPv6 that a gateway may lead into a network of IPv4: NAT64, and locally chosen ones.
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_RELAYS = ip_network("192.88.99.0/24")  # of 6to4, which nobody uses any more
_COMPATIBLE = ip_network("::/96")  # IPv4 in IPv6, which nobody uses any more


class ForbiddenAddress(RollcallError):
    """A name that leads to no address to which messages may go."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, in the order of the system. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def permitted(found: Sequence[str], allowed: Collection[Network], *, is_safe: bool) -> str:
    """Return the first address to which messages may go. Raises ForbiddenAddress.

    Without TLS, where it is not `is_safe`, only networks that are `allowed` will do.
    """
    for text in found:
        if (address := _parsed(text)) is None:
            continue
        if any(address in network for network in allowed if network.version == address.version):
            return text
        if is_safe and _is_public(address):
            return text
    raise ForbiddenAddress(
        "Its name leads to no address that is public or in a network of webhooks.allow."
    )


def _parsed(text: str) -> Address | None:
    """An address without the name of an interface; IPv4 where IPv6 only wraps it."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (
        address.sixtofour is not None
        or address.teredo is not None
        or address.is_site_local  # given up, but some networks still have it
        or address in _COMPATIBLE
        or any(address in network for network in _TRANSLATED)
    ):
        return False
    if isinstance(address, IPv4Address) and address in _RELAYS:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
