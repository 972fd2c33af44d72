"""Cautions: sentences for people about a Mac that may not get the manifest written for it."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.text import Sentence
from provisioning.firstboot.placement import PlacedMac
from provisioning.munki import RepoView, WriteResult
from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests.documents import FOLDER
from provisioning.munki.storage import Store
from provisioning.registrations.names import name_clashes
from provisioning.values.serials import Serial

LONGEST = 120  # characters of a Mac's ClientIdentifier that are shown


def of_name(database: Database, repo: RepoView, mac: PlacedMac) -> Iterator[str]:
    """Yield the caution that a Mac does not get its name: it clashes. Raises RepoUnusable."""
    name = mac.registration.called if mac.registration else None
    if name is None:
        return
    with database.reading() as session:
        clash = name_clashes.clash_of(session, repo.namesake, mac.serial, name)
    if clash and clash.is_sure:
        yield Sentence(
            "{serial} is not given the name {name}, because {reason}.",
            serial=str(mac.serial),
            name=name,
            reason=clash.why,
        )


def of_identifier(repo: RepoView, serial: Serial, identifier: str | None) -> Iterator[str]:
    """Yield the caution about a Mac whose Munki does not ask for its manifest.

    `identifier` is its ClientIdentifier as its script sent it, None from a script that sets none.
    """
    manifest = repo.manifest_of(serial)
    if identifier is None and repo.layout.macs:
        yield Sentence(
            "The script of {serial} is of an older template, which sets no ClientIdentifier: "
            "Munki there does not find the manifest {manifest}, and falls back to another. Fetch a "
            "new script, or have the template extend shipped/base.sh.j2.",
            serial=str(serial),
            manifest=manifest,
        )
    if identifier and identifier != manifest:
        printable = "".join(sign for sign in identifier if sign.isprintable())[:LONGEST]
        yield Sentence(
            "Munki has the ClientIdentifier {identifier} on {serial} already, which was left: it "
            "asks for that manifest and not for {manifest}.",
            identifier=repr(printable),
            serial=str(serial),
            manifest=manifest,
        )


def of_others(session: Session, serial: Serial, write_result: WriteResult) -> Iterator[str]:
    """Yield the caution that another Mac has this serial as its name and takes the new manifest."""
    if not write_result.changed or write_result.before is not None:
        return
    other = name_clashes.called(session, serial.key)
    if other is not None:
        yield Sentence(
            "{other} is called {serial}, so Munki there takes this manifest unless it has a "
            "ClientIdentifier: give it another name.",
            other=other,
            serial=str(serial),
        )


def twin_of(store: Store, repo: RepoView, serial: Serial, write_result: WriteResult) -> str | None:
    """Return the twin of a new manifest: the path of one whose name is in another case, or None.

    On a disk that ignores case it is the new manifest itself. Raises RepoUnusable.
    """
    if write_result.before is not None or write_result.after is None:
        return None
    for path in repo.twins(serial):
        with suppress(ManifestUnreadable):
            stored = store.read(FOLDER + path)
            if stored is not None and stored.content != write_result.after:
                return path
    return None


def of_twin(serial: Serial, twin: str | None) -> Iterator[str]:
    """Yield the caution that a new manifest has a `twin`."""
    if twin is not None:
        yield Sentence(
            "{fact} What it has can be carried over: the question about it has the buttons.",
            fact=_fact(serial.text, twin),
        )


def about_twin(serial: str, twin: str) -> str:
    """Return the sentence about a manifest that a Mac does not find: its name is in another case.

    `serial` is the one that the Mac reports, `twin` the manifest's name.
    """
    return Sentence(
        "{fact} Copy what it needs from there into {serial}, and remove {twin}.",
        fact=_fact(serial, twin),
        serial=serial,
        twin=twin,
    )


def _fact(serial: str, twin: str) -> Sentence:
    return Sentence(
        "There is a manifest {twin} too, which differs from {serial} only in case: the Mac does "
        "not find it.",
        twin=twin,
        serial=serial,
    )
