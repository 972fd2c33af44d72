"""Remedies of a drift: the manifest is put back, or the registration follows it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from secrets import token_hex

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from provisioning.firstboot import placement
from provisioning.monitoring.drift import drifts
from provisioning.monitoring.drift.drifts import DriftSettled
from provisioning.monitoring.drift.examination import ExaminedMac
from provisioning.monitoring.drift.models import PUT_BACK, TAKEN_OVER, Drift
from provisioning.munki import (
    ChangeNote,
    Destination,
    MunkiRepo,
    RepoView,
    WriteResult,
    revisions,
)
from provisioning.munki.layout import ManifestKind, kept
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.policy import Policy
from provisioning.registrations import changes, history, operations
from provisioning.registrations.changes import Edit
from provisioning.registrations.models import Mac, Operation, Registration
from provisioning.values.serials import Serial

BUTTON = "button"  # the way of jobs that an older release left
TOOK_OVER = "took over"  # the kind of operation


def ask_to_put_back(session: Session, drift_id: int, *, by: str, via: str, at: datetime) -> None:
    """Have a job put a manifest back. Raises DriftSettled."""
    drift, _ = drifts.get_open(session, drift_id)
    _ask(session, [drift], by, via, at)


def ask_to_put_all_back(
    session: Session, drift_ids: Collection[int], *, by: str, via: str, at: datetime
) -> int:
    """Have jobs put back the manifests of those drifts that nobody has answered since.

    Returns their number. The jobs know that they are of one press.
    """
    query = select(Drift).where(Drift.id.in_(drift_ids), drifts.UNDECIDED).order_by(Drift.id)
    undecided = session.scalars(query.with_for_update(skip_locked=True)).all()
    _ask(session, undecided, by, via, at, press=token_hex(8))
    return len(undecided)


def _ask(
    session: Session,
    asked: Sequence[Drift],
    by: str,
    via: str,
    at: datetime,
    press: str | None = None,
) -> None:
    payload = {"by": by, "via": via} | ({"press": press} if press else {})
    for drift in asked:
        drift.answer, drift.answered_by = PUT_BACK, by
        queue.enqueue(session, PUT_BACK, {"drift": drift.id, **payload}, at=at)
    session.flush()
    drifts.redraw(session, asked, at)


def put_back(
    database: Database, repo: MunkiRepo, policy: Policy, drift_id: int, *, by: str, via: str
) -> WriteResult | None:
    """Write a Mac's manifest as its registration has it, catalogs included.

    Safe to repeat. Returns None where the drift is over, as the Mac was moved or called. Raises
    what `placement.place` and `RepoView.assign` raise.
    """
    with database.reading() as session:
        _, registration = drifts.find(session, drift_id)
    serial, view = Serial(registration.name), repo.now()
    with view.holding(serial):
        with database.reading() as session:
            if drifts.is_over(*drifts.find(session, drift_id)):
                return None
            mac = placement.place(session, view, serial, None)
        before = mac.written.catalogs if mac.written else None
        usual = policy.catalogs_of(mac.destination.build)
        note = ChangeNote(f"{serial} → {mac.destination}, put back by {by} ({via})", author=by)
        return view.assign(
            serial,
            mac.destination,
            before or usual,
            written=mac.written,
            note=note,
            replaces_catalogs=before is not None,
        )


def record_put_back(
    session: Session, drift_id: int, written: WriteResult, *, by: str, via: str, at: datetime
) -> None:
    """Record that a manifest was put back, with its present content."""
    drift, registration = drifts.lock(session, drift_id)
    revisions.record(
        session, written.name, written, at=at, via=via, by=by, registration_id=registration.id
    )
    operation = operations.begin(session, PUT_BACK, by=by, via=via, at=at)
    state = history.snapshot(registration)
    history.record(
        session,
        registration.id,
        PUT_BACK,
        at=at,
        before=state,
        after={**state, "digest": written.digest},
        operation=operation,
    )
    # A Mac that was confirmed again since has another manifest.
    if registration.is_confirmed and registration.confirmed_at == drift.confirmed_at:
        mac = update(Registration).where(Registration.id == registration.id)
        session.execute(mac.values(includes=written.includes.to_json()))
    if drift.settled_at is None:
        drifts.settle(session, [drift], PUT_BACK, at)


def keep_open(session: Session, drift_id: int, at: datetime) -> Registration:
    """Ask again about a drift whose manifest could not be put back; return its registration."""
    drift, registration = drifts.lock(session, drift_id)
    if drift.settled_at is None:
        drifts.reopen(session, drift, at)
    return registration


def take_over(
    session: Session, repo: RepoView, drift_id: int, mac: ExaminedMac, *, operation: Operation
) -> Destination:
    """Have a registration follow its Mac's manifest, as examined just now; it stays confirmed.

    The operation keeps what `take_back` needs. Returns the new destination. Raises DriftSettled,
    also where the registration changed since.
    """
    drift, registration = drifts.get_open(session, drift_id)
    found = mac.found
    if found is None or found.refusal or not drifts.is_current(registration, mac):
        raise DriftSettled(registration.name, None)
    site, build = found.difference.place or (registration.site, registration.build)
    destination = Destination(site, build)
    new = {
        "site": site,
        "build": build,
        "layout": kept.keep(session, repo.layout, operation.at),
        "includes": _followed(repo, mac, destination).to_json(),
    }

    def change(current: Mac, operation: Operation) -> Edit:
        also = [] if current.registered_by else ["registered_by"]  # no person had registered it
        also += ["layout"] if current.layout != new["layout"] else []
        return Edit(current, {**new, "registered_by": current.registered_by or operation.by}, also)

    changes.apply(session, [Mac.of(registration)], change, operation, TAKEN_OVER)
    operation.facts = {"drift": drift.id, "includes": mac.includes}
    drift.answer, drift.answered_by = TAKEN_OVER, operation.by
    drifts.settle(session, [drift], TAKEN_OVER, operation.at)
    return destination


def take_back(session: Session, operation: Operation, restored: Sequence[Mac]) -> None:
    """Open a drift again, where the operation by which it was taken over was undone.

    `restored` are the Macs that were taken back: the former entries count as written again.
    """
    facts = operation.facts
    if operation.what != TOOK_OVER or not facts or not restored or not operation.undone_at:
        return
    drift, registration = drifts.lock(session, facts["drift"])
    registration.includes = facts["includes"]
    session.flush()
    if drifts.of_mac(session, registration.id) is None:
        drifts.reopen(session, drift, operation.undone_at)


def _followed(repo: RepoView, mac: ExaminedMac, destination: Destination) -> WrittenIncludes:
    """The includes that count as written once a registration follows its Mac's manifest."""
    written = WrittenIncludes.from_json(mac.includes)
    wanted = repo.layout.includes(destination.site, destination.build)
    always = (include for include in written.ours if include.kind is ManifestKind.ALWAYS)
    chosen = (include for include in wanted if include.kind is not ManifestKind.ALWAYS)
    there = mac.found.difference.catalogs if mac.found else None
    catalogs = written.catalogs if there is None else there
    return WrittenIncludes((*always, *chosen), written.theirs, catalogs)
