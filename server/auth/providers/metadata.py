"""The description of a provider of OpenID Connect, and the ways of a client that it takes."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus, urlsplit

from authlib.oauth2.auth import ClientAuth

BASIC, POST = "client_secret_basic", "client_secret_post"


def client_auths(metadata: Mapping[str, Any], client: tuple[str, str]) -> Sequence[ClientAuth]:
    """Return the ways in which a client, an id and a secret, may say who it is, the best first.

    Characters such as `+` and `%` are encoded in Basic auth (RFC 6749, 2.3.1), which some
    providers do not know; in a form all do. But of two ways that a provider offers, it may take
    only the one that it has noted for this client.
    """
    methods = listed(metadata, "token_endpoint_auth_methods_supported", BASIC)
    encoded = (quote_plus(client[0]), quote_plus(client[1]))
    basic, form = ClientAuth(*encoded, BASIC), ClientAuth(*client, POST)
    if BASIC not in methods:
        return [form]
    if POST not in methods:
        return [basic]
    return [basic, form] if encoded == client else [form, basic]


def has_pkce(metadata: Mapping[str, Any]) -> bool:
    """Return True for a provider that checks the verifier of a sign-in (RFC 7636)."""
    return "S256" in listed(metadata, "code_challenge_methods_supported")


def listed(metadata: Mapping[str, Any], name: str, *default: str) -> frozenset[str]:
    """Return the texts of a list in the description; the `default` where it has no such list."""
    found = metadata.get(name)
    if not isinstance(found, list):
        return frozenset(default)
    return frozenset(each for each in found if isinstance(each, str))


def scheme(url: str) -> str:
    """Return the scheme of an address; empty for a text that is none."""
    try:
        return urlsplit(url).scheme if url.isascii() and url.isprintable() else ""
    except ValueError:
        return ""
