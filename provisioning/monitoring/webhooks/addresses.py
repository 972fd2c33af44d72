"""Addresses to which messages may go: those of the internet, and networks that the policy allows.

A name is looked up at each attempt, and the connection goes to the address that was checked, so a
name that is changed between check and connection has no effect.
"""

from collections.abc import Callable, Collection, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from infrastructure.errors import RollcallError

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]

_UNICAST = ip_network("2000::/3")  # all that is given out of IPv6; NAT64 and others lie outside
_EXAMPLES = ip_network("3fff::/20")  # RFC 9637
# Relays of 6to4, which is out of use; protocols' own, and metadata of two clouds.
_OF_NOBODY = tuple(map(ip_network, ("192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32")))
_OF_LOCALHOST = ("127.0.0.1", "::1")  # whichever it leads to


class ForbiddenAddress(RollcallError):
    """A host without an address to which messages may go."""


def permitted(
    addresses: Sequence[str], allowed: Collection[Network], *, is_safe: bool
) -> Sequence[str]:
    """Return the addresses to which messages may go. Raises ForbiddenAddress where none is.

    Without TLS, where it is not `is_safe`, only networks that are `allowed` will do.
    """
    good = [text for text in addresses if _is_permitted(text, allowed, is_safe=is_safe)]
    if not good:
        raise ForbiddenAddress(
            "Its name leads to no address that is public or in a network of webhooks.allow."
        )
    return good


def may_lead_somewhere(host: str, allowed: Collection[Network], *, is_safe: bool) -> bool:
    """Return False where no message can ever go to a host, whatever its name leads to.

    That is an address which is neither public nor in a network that is `allowed`, and without TLS
    any name while no network is. Nothing is looked up.
    """
    is_local = host == "localhost" or host.endswith(".localhost")
    if _parsed(host) is None and not is_local:
        return is_safe or bool(allowed)
    addresses = _OF_LOCALHOST if is_local else (host,)
    return any(_is_permitted(address, allowed, is_safe=is_safe) for address in addresses)


def _is_permitted(text: str, allowed: Collection[Network], *, is_safe: bool) -> bool:
    address = _parsed(text)
    if address is None:
        return False
    if any(address in network for network in allowed if network.version == address.version):
        return True
    return is_safe and _is_public(address)


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
    if isinstance(address, IPv6Address):
        is_wrapped = address.sixtofour is not None or address.teredo is not None
        if address not in _UNICAST or address in _EXAMPLES or is_wrapped:
            return False
    elif any(address in network for network in _OF_NOBODY):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
