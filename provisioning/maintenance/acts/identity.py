"""Acts on the identity of a Mac: its name, its replacement by another, and its manifest.

A manifest is restored, or put back or taken over where it has drifted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from infrastructure.jobs import queue
from infrastructure.text import Sentence
from provisioning.firstboot.replacements import manifests, replacing
from provisioning.firstboot.replacements.models import Replacement
from provisioning.firstboot.replacements.replacing import ReplacementRequest
from provisioning.imports.edits.reasons import reworded
from provisioning.imports.parsing.tokens.serial_shapes import doubt_of, is_apple
from provisioning.maintenance.acts.actors import Principal, acting
from provisioning.monitoring.drift import drifts, examination, remedies
from provisioning.monitoring.drift.drifts import DriftChanged, NotToTakeOver
from provisioning.monitoring.drift.examination import ExaminedMac
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.editing import RESTORE_JOB
from provisioning.registrations import queries, similar
from provisioning.registrations.errors import RegistrationChanged
from provisioning.registrations.models import Operation, Registration
from provisioning.registrations.names import name_clashes
from provisioning.registrations.names.name_clashes import Clash
from provisioning.registrations.names.naming import NAMED, assign
from provisioning.values import computer_names
from provisioning.values.language import _
from provisioning.values.serials import Serial, neighbours

RESTORING = Sentence("restore a manifest")
MAX_PUT_BACK = 500  # manifests by one press: a job each, and Slack waits for three seconds


@dataclass(frozen=True, slots=True)
class Naming:
    """A Mac with the name that it was given; or, without an `operation`, with the `doubt` of it.

    `before` is the former name.
    """

    mac: Registration
    name: str
    before: str | None
    operation: Operation | None = None
    doubt: Clash | None = None


@dataclass(frozen=True, slots=True)
class NameRequest:
    """A name that a person typed for a Mac; `is_sure`: also where it is doubtful.

    `revision` is that of the registration that was seen, where it must be that one.
    """

    text: str
    is_sure: bool = False
    revision: int | None = None


def name(repo: MunkiRepo, serial: Serial, request: NameRequest, principal: Principal) -> Naming:
    """Give a registered Mac a name; a doubtful one only where the person is sure.

    Raises NotAllowed, NotRegistered, RegistrationChanged, InvalidComputerName and what `assign`
    raises.
    """
    new_name, namesakes = computer_names.parse(request.text), repo.now().namesakes()
    with principal.database.reading() as session:
        mac = queries.get_open(session, serial)
        principal.permit(mac.site)
        clash = name_clashes.clash_of(session, namesakes, Serial(mac.name), new_name)
        if clash and not clash.is_sure and not request.is_sure and mac.called != new_name:
            return Naming(mac, new_name, mac.called, doubt=clash)
    with acting(NAMED, principal) as (session, operation):
        mac = queries.get_open(session, serial, lock=True)
        if request.revision not in (None, mac.revision):
            raise RegistrationChanged(serial.text)
        principal.permit(mac.site)
        before = mac.called
        assign(session, mac, new_name, namesakes, operation=operation)
        return Naming(mac, new_name, before, operation)


@dataclass(frozen=True, slots=True)
class ReplacementPreview:
    """The preview of a replacement: the registration that would get another serial, its manifest.

    `path` is that of its manifest; `found` a short hash of the manifest that would be written
    over. `doubts` are reasons to compare the new serial with the Mac: each ends a sentence.
    """

    registration: Registration
    path: str
    found: str | None
    doubts: Sequence[str]


def foresee(repo: MunkiRepo, old: Serial, new: Serial, principal: Principal) -> ReplacementPreview:
    """Return the preview of a replacement. Raises NotReplaceable, NotRegistered, NotAllowed.

    The repo may be slow, so it is read outside of the transaction.
    """
    with principal.database.reading() as session:
        registration = replacing.check(session, old, new)
        doubts = list(_doubts(session, old, new))
    principal.permit(registration.site)
    found, entries = manifests.found(repo, new)
    replacing.check_entries(new, entries)
    path = repo.now().manifest_of(Serial(registration.name))
    return ReplacementPreview(registration, path, found, doubts)


def replace(
    repo: MunkiRepo, request: ReplacementRequest, principal: Principal
) -> tuple[Replacement, Operation]:
    """Put a Mac, or a board, in place of another. Raises what `foresee` raises."""
    found = foresee(repo, request.old, request.new, principal).found
    with acting(replacing.REPLACED, principal) as (session, operation):
        return replacing.replace(session, request, found, operation), operation


def spelled(serial: Serial) -> Serial:
    """The serial as its Mac spells it, which names its manifest: Apple's are in upper case."""
    return Serial(serial.key) if is_apple(serial.key) else serial


def restore(revision: int, principal: Principal) -> None:
    """Have a job take back the last change of a manifest. Raises NotAllowed."""
    principal.permit_admin(RESTORING)
    payload = {"revision": revision, "by": principal.actor.by, "via": principal.actor.via}
    with principal.database.begin() as session:
        queue.enqueue(session, RESTORE_JOB, payload, at=principal.at)


def put_back(drift_id: int, principal: Principal) -> Registration:
    """Have a job put a manifest back, and return its Mac. Raises NotAllowed, DriftSettled."""
    with principal.database.reading() as session:
        drift, registration = drifts.find(session, drift_id)
        drifts.check_open(drift, registration)  # before the rights: it may have gone elsewhere
    principal.permit(registration.site)
    actor = principal.actor
    with principal.database.begin() as session:
        remedies.ask_to_put_back(session, drift_id, by=actor.by, via=actor.via, at=principal.at)
    return registration


def put_all_back(card_id: int, principal: Principal) -> int:
    """Have jobs put back the manifests of a card that nobody has decided about; at most 500.

    Returns their number. Raises NotAllowed where the person may not register at one of their sites.
    """
    with principal.database.reading() as session:
        undecided = drifts.undecided(session, card_id, MAX_PUT_BACK)
    principal.permit(*{mac.site for _drift, mac in undecided})
    actor = principal.actor
    ids = [drift.id for drift, _mac in undecided]
    with principal.database.begin() as session:
        return remedies.ask_to_put_all_back(
            session, ids, by=actor.by, via=actor.via, at=principal.at
        )


def take_over(
    repo: MunkiRepo, drift_id: int, there: str, principal: Principal
) -> tuple[Registration, Destination, Operation]:
    """Have a registration follow its Mac's manifest, if that is as the person saw it (`there`).

    Returns the Mac, its new destination, and the operation. Raises NotAllowed, DriftSettled,
    DriftChanged, NotToTakeOver.
    """
    registration, mac = _examined(repo, drift_id, principal)
    found = mac.found if mac is not None else None
    if mac is None or found is None or found.difference.digest != there:
        if mac is not None:  # so that the message shows what is there now
            with principal.database.begin() as session:
                drifts.record(session, [mac], principal.at)
        raise DriftChanged(registration.name)
    if found.refusal is not None:
        raise NotToTakeOver(registration.name, found.refusal)
    principal.permit(registration.site, *(found.difference.place or ())[:1])
    with acting(remedies.TOOK_OVER, principal) as (session, operation):
        destination = remedies.take_over(session, repo.now(), drift_id, mac, operation=operation)
        return registration, destination, operation


def _examined(
    repo: MunkiRepo, drift_id: int, principal: Principal
) -> tuple[Registration, ExaminedMac | None]:
    """The registration of an open drift, and its Mac as it is now; None if not confirmed."""
    with principal.database.reading() as session:
        drift, registration = drifts.find(session, drift_id)
        drifts.check_open(drift, registration)
        macs = examination.page(session, Registration.id == registration.id)
        examined = examination.examine(session, repo, macs)
    return registration, examined[0] if examined else None


def _doubts(session: Session, old: Serial, new: Serial) -> Iterator[str]:
    """Yield the reasons for which a person should compare the new serial with the Mac."""
    if doubt := doubt_of(new):
        yield reworded(doubt)
    if not is_apple(new.key):  # often numbered, so that each is similar to another
        return
    if neighbours([new.key], [old.key]):
        yield _("is one slip away from {serial}; is it really another one?", serial=old.key)
    elif near := similar.slip_of(session, new.key):
        yield _("is one slip away from {serial}, which is registered", serial=near)
