"""Discretion of errors: a token of certain sites is told nothing of other Macs and sites."""

from collections.abc import Sequence

from infrastructure.errors import RollcallError
from provisioning.access.programs.tokens import ProgramToken
from provisioning.firstboot.replacements.replacing import HasEntries, SerialTaken
from provisioning.munki.errors import BadLink, UnknownSite
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.names.naming import ComputerNameTaken


def detail(error: RollcallError, token: ProgramToken | None) -> str:
    """Return the text of an error, which names no Mac and no site that a token does not reach.

    For a token of certain sites it names no manifest either, nor its entries: they may be of any
    site. Without a token the call was refused before it was read.
    """
    if token is None or token.sites is None:
        return str(error)
    match error:
        case ComputerNameTaken() if not token.reaches(error.site):
            return f"Another Mac is already called {error.name}."
        case SerialTaken() if not token.reaches(error.site):
            return "That serial is of a Mac that this token does not reach."
        case HasEntries():
            return (
                f"The manifest {error.new} has entries of its own. Move them into the other Mac's "
                "manifest, or remove that manifest, and ask again."
            )
        case BadLink():
            return f"The manifest {error.name} is behind a link that cannot be followed."
    return without_manifest(str(error), getattr(error, "manifest", None))


def without_manifest(text: str, manifest: str | None) -> str:
    """Return the text of a clash of computer names with its manifest unnamed, where it has one."""
    return text if manifest is None else text.replace(repr(manifest), "of that name")


def fix(error: RollcallError, token: ProgramToken | None, usual: str) -> str:
    """Return the fix of an error: the `usual` one of its kind, unless the detail is hidden.

    It begins with a question about the nearest name, where a token may be told of one.
    """
    if isinstance(error, SerialTaken) and token is not None and not token.reaches(error.site):
        return "Send another serial, or use a token that reaches that Mac."
    return _question(error, token) + usual


def _question(error: RollcallError, token: ProgramToken | None) -> str:
    if token is None or (isinstance(error, NotRegistered) and token.sites is not None):
        return ""  # a serial may be of another site
    names: Sequence[str] = getattr(error, "nearest", ())
    if isinstance(error, UnknownSite):
        names = [name for name in names if token.reaches(name)]
    return f"Did you mean {names[0]}? " if names else ""
