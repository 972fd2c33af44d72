"""Decisions about Macs' manifests that Rollcall never wrote and that have two of one kind.

Nothing is written before a person has decided about the two.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.firstboot.decisions import questions
from provisioning.firstboot.decisions.questions import AlreadyDecided
from provisioning.firstboot.models import Decision
from provisioning.munki.layout import Include, ManifestKind
from provisioning.munki.layout.ownership import TwoOfAKind, WrittenIncludes
from provisioning.outbox import outbox
from provisioning.registrations import changes, history, queries
from provisioning.registrations.changes import Edit
from provisioning.registrations.models import FAILED, WAITING, Mac, Operation, Registration
from provisioning.values.serials import Serial

OUT, STAY = "out", "stay"  # answers: both go, or both are left alone


def is_asked(session: Session, serial: Serial, error: TwoOfAKind) -> bool:
    """Return True if there is an open question about this already; reads only."""
    registration = queries.find_open(session, serial)
    return registration is not None and _is_asked(session, registration, error)


def ask(session: Session, serial: Serial, error: TwoOfAKind, *, channel: str, at: datetime) -> None:
    """Ask about the two in the thread of a Mac's card, once.

    For a Mac without a registration, `channel` only gets the fact: no answer could be kept.
    """
    registration = queries.find_open(session, serial, lock=True)
    if registration is None:
        outbox.enqueue_trouble(session, channel=channel, sentence=error.sentence, at=at)
    elif not _is_asked(session, registration, error):
        questions.put(session, registration, error.kind, error.paths, at)


def decide(
    session: Session, registration_id: int, revision: int, answer: str, *, operation: Operation
) -> Decision | None:
    """Keep an answer, OUT or STAY, with the registration, whose `revision` the person saw.

    Returns None where the question is void, because the registration changed since. Raises
    AlreadyDecided.
    """
    registration = queries.lock(session, registration_id)
    decision = _newest(session, registration_id, revision)
    if decision is None:
        return None
    if decision.settled_at is not None and decision.settled_by is not None:
        raise AlreadyDecided(registration.name, decision.settled_by)
    is_current = registration.revision == revision and registration.closed_at is None
    decision.settled_at = operation.at
    if is_current and decision.answer is None:
        decision.settled_by, decision.answer = operation.by, answer
        _write(session, registration, decision, operation)
    session.flush()
    questions.show(session, decision, registration, operation.at)
    return decision if decision.answer else None


def _newest(session: Session, registration_id: int, revision: int) -> Decision | None:
    """Return the last question about a registration of that revision; None without one."""
    query = select(Decision).where(
        Decision.registration_id == registration_id,
        Decision.revision == revision,
        Decision.kind.in_([*ManifestKind]),
    )
    return session.scalars(query.order_by(Decision.id.desc())).first()


def _write(
    session: Session, registration: Registration, decision: Decision, operation: Operation
) -> None:
    """Keep the answer with a registration; a Mac that failed because of the two waits again."""
    stored = registration.includes
    written = WrittenIncludes.from_json(stored) if stored else WrittenIncludes()
    kind, paths = ManifestKind(decision.kind), tuple(decision.paths)
    includes = (
        WrittenIncludes(written.ours, (*written.theirs, *paths))
        if decision.answer == STAY
        else WrittenIncludes(
            (*written.ours, *(Include(kind, path) for path in paths)), written.theirs
        )
    )
    new: dict[str, Any] = {"includes": includes.to_json()}
    if registration.state == FAILED:
        new |= {"state": WAITING, "step": None}
    changes.apply(session, [Mac.of(registration)], lambda mac, _: Edit(mac, new), operation)
    event = history.event_of(session, registration.id, operation)
    if event is not None:
        history.merge(event, {}, {decision.answer or "": list(paths)})


def _is_asked(session: Session, registration: Registration, error: TwoOfAKind) -> bool:
    """Return True if the open question is about the present entries of the manifest."""
    decision = questions.open_of(session, registration)
    if decision is None:
        return False
    about = decision.revision, decision.kind, tuple(decision.paths)
    return about == (registration.revision, error.kind, error.paths)
