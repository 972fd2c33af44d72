"""A stand-in for a provider of OpenID Connect, as strict as a good one, and faulty on demand."""

from tests.fakes.openid.provider import CLIENT, Fault, OpenIdProvider, Person, running

__all__ = ["CLIENT", "Fault", "OpenIdProvider", "Person", "running"]
