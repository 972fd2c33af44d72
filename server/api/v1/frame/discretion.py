"""Discretion of errors: what a token of certain sites hears of other Macs and other sites."""

from collections.abc import Sequence

from infrastructure.errors import RollcallError
from provisioning.access.programs.tokens import Token
from provisioning.firstboot.replacements.replacing import OfAnother
from provisioning.munki.errors import UnknownSite
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.names.naming import ComputerNameTaken


def detail(error: RollcallError, token: Token | None) -> str:
    """Return the text of an error, which names no Mac and no site that a token does not reach.

    Without a token the call was refused before it was looked at.
    """
    if token is not None and token.sites is not None:
        if isinstance(error, ComputerNameTaken) and not token.reaches(error.site):
            return f"Another Mac is already called {error.name}."
        if isinstance(error, OfAnother):
            return "That serial is registered, or was replaced by another."
    return str(error)


def advice(error: RollcallError, token: Token | None) -> str:
    """Return a question for the name that was meant; empty where a token may hear of none."""
    if token is None or (isinstance(error, NotRegistered) and token.sites is not None):
        return ""  # a serial may be of another site
    names: Sequence[str] = getattr(error, "nearest", ())
    if isinstance(error, UnknownSite):
        names = [name for name in names if token.reaches(name)]
    return f"Did you mean {names[0]}? " if names else ""
