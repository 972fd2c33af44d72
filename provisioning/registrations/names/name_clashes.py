"""Clashes of computer names: with a clashing name, Munki gives a Mac the manifest of another one.

Munki looks for a manifest with the Mac's host name before it looks for one with the serial, and
the first-boot script sets the host name.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import is_among
from infrastructure.database.statements.compiled import CompiledStatement
from infrastructure.errors import Conflict
from infrastructure.text import Sentence
from provisioning.munki.manifests.namesakes import ManifestFinder
from provisioning.registrations.models import IS_OPEN, Registration
from provisioning.values.computer_names import host_name
from provisioning.values.file_names import RESERVED
from provisioning.values.serials import Serial

_ROWS = Registration.__table__
_CALLED = CompiledStatement(
    lambda _: (
        select(_ROWS.c.serial)
        .where(_ROWS.c.computer_name.in_((bindparam("upper"), bindparam("lower"))))
        .where(_ROWS.c.closed_at.is_(None), _ROWS.c.serial != bindparam("key"))
    )
)
_RESERVED = frozenset(host_name(name).casefold() for name in RESERVED)


class ComputerNameClashes(Conflict):
    """A computer name with which Munki would give the Mac another manifest.

    `manifest` is one that the reason names.
    """

    def __init__(self, serial: str, name: str, reason: str, manifest: str | None = None) -> None:
        super().__init__(
            "{serial} cannot be called {name}, because {reason}.",
            serial=serial,
            name=name,
            reason=reason,
        )
        self.serial, self.name, self.manifest = serial, name, manifest


@dataclass(frozen=True, slots=True)
class Clash:
    """A clash: `why` a Mac should not have a name, as the end of a sentence after “because”.

    `is_sure` is False where the host name that our script sets is free, and only a host name that
    another client may set leads to another manifest: the name as it is, or its part before a dot.
    `manifest` is the manifest that `why` names, None where it names none.
    """

    why: str
    is_sure: bool
    manifest: str | None = None


def clash_of(session: Session, finder: ManifestFinder, serial: Serial, name: str) -> Clash | None:
    """Return the clash of a parsed name for a Mac, None where there is none.

    Raises RepoUnusable where `finder` does.
    """
    return clashes_of(session, finder, {serial: name}).get(serial)


def clashes_of(
    session: Session,
    finder: ManifestFinder,
    names: Mapping[Serial, str],
    also: Collection[str] = (),
) -> dict[Serial, Clash]:
    """Return the clashes of many Macs, by serial, with one statement.

    `also` are keys of serials that count as registered. Raises RepoUnusable where `finder` does.
    """
    hosts = {host.upper() for name in names.values() for host in (host_name(name), *_others(name))}
    query = select(Registration.serial).where(
        IS_OPEN, is_among(session, sorted(hosts), Registration.serial)
    )
    registered = {*session.scalars(query), *also}
    clashes = ((serial, _clash(finder, registered, serial, name)) for serial, name in names.items())
    return {serial: clash for serial, clash in clashes if clash is not None}


def called_like(session: Session, serials: Iterable[str]) -> dict[str, str]:
    """Return those keys of serials that are names of other registered Macs, with the Macs' serials.

    It finds names in upper case and in lower case only: no index finds names in mixed case.
    """
    texts = sorted(spelt for key in serials for spelt in (key, key.lower()))
    query = select(Registration.computer_name, Registration.serial).where(
        IS_OPEN, is_among(session, texts, Registration.computer_name)
    )
    pairs = [((name or "").upper(), serial) for name, serial in session.execute(query)]
    return {key: serial for key, serial in pairs if key != serial}


def called(session: Session, key: str) -> str | None:
    """Return the serial of another registered Mac whose name this is, as `called_like` finds it."""
    row = _CALLED.row(session, upper=key, lower=key.lower(), key=key)
    return None if row is None else str(row[0])


def _clash(
    finder: ManifestFinder, registered: Collection[str], serial: Serial, name: str
) -> Clash | None:
    for host, is_sure in ((host_name(name), True), *((other, False) for other in _others(name))):
        if clash := _against(finder, registered, serial, host, is_sure=is_sure):
            return clash
    return None


def _others(name: str) -> Iterator[str]:
    """Yield the other host names that a Mac of this name may have, set by other clients."""
    if name != host_name(name):
        yield name
    if "." in name:
        yield host_name(name.partition(".")[0])


def _against(
    finder: ManifestFinder, registered: Collection[str], serial: Serial, host: str, *, is_sure: bool
) -> Clash | None:
    if host == serial.text:
        return None
    if host.casefold() in _RESERVED:
        return Clash(Sentence("{host} means something to Munki itself", host=repr(host)), is_sure)
    if host.upper() != serial.key and host.upper() in registered:
        why = Sentence(
            "Munki asks for a Mac's host name before its serial, and {serial} is registered: it "
            "would get that Mac's manifest",
            serial=host.upper(),
        )
        return Clash(why, is_sure)
    manifest = finder(host)
    if manifest is None or manifest == serial.text:
        return None
    why = Sentence(
        "Munki asks for a Mac's host name before its serial, and there is a manifest {manifest}: "
        "it would get that",
        manifest=repr(manifest),
    )
    return Clash(why, is_sure, manifest)
