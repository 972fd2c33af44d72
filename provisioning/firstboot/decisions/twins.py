"""Decisions about twins: manifests that a Mac does not find, as their names differ in case only.

A Mac's manifest was made beside one that people wrote for it. The entries of that one can be
carried over: a job does it, and an undo restores both.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from infrastructure.jobs import queue
from provisioning.firstboot.decisions import questions
from provisioning.firstboot.decisions.questions import AlreadyDecided
from provisioning.firstboot.models import Decision
from provisioning.registrations import history, queries
from provisioning.registrations.models import Mac, Operation, Registration

TWIN = "twin"  # the kind of the question
CARRY, LEAVE = "carry", "leave"  # answers
CARRIED = "carried over"  # the kind of operation
CARRY_OVER = "carry over"  # the job


def ask(session: Session, registration_id: int, twin: str, *, at: datetime) -> None:
    """Ask in the thread of a Mac's card what becomes of its `twin`, a path below `manifests/`."""
    registration = queries.lock(session, registration_id)
    questions.put(session, registration, TWIN, [twin], at)


def decide(
    session: Session, decision_id: int, answer: str, *, operation: Operation
) -> tuple[Decision, Registration]:
    """Keep an answer, CARRY or LEAVE, and have a job do it. Raises AlreadyDecided.

    Where the registration was cancelled since, no answer is kept.
    """
    decision, registration = _locked(session, decision_id)
    if decision.kind != TWIN or decision.settled_at is not None:
        raise AlreadyDecided(registration.name, decision.settled_by)
    decision.settled_at = operation.at
    if registration.closed_at is None:
        decision.settled_by, decision.answer = operation.by, answer
    if decision.answer == CARRY:
        _enqueue(session, decision, registration, operation)
    questions.show(session, decision, registration, operation.at)
    return decision, registration


def ask_again(session: Session, decision_id: int, at: datetime) -> Registration:
    """Have a question asked again, unless another one is open; returns the registration."""
    decision, registration = _locked(session, decision_id)
    if registration.closed_at is None and questions.open_of(session, registration) is None:
        decision.settled_at = decision.settled_by = decision.answer = None
        questions.show(session, decision, registration, at)
    return registration


def take_back(session: Session, operation: Operation, restored: Sequence[Mac]) -> None:
    """Have a job restore both manifests where an `operation` that carried over was undone."""
    if operation.what == CARRIED and operation.facts and operation.undone_at and restored:
        ask_again(session, operation.facts["decision"], operation.undone_at)
        queue.enqueue(session, CARRY_OVER, {"act": operation.id}, at=operation.undone_at)


def _enqueue(
    session: Session, decision: Decision, registration: Registration, operation: Operation
) -> None:
    state = history.snapshot(registration)
    after = {**state, "twin": decision.paths[0]}
    history.record(
        session,
        registration.id,
        CARRIED,
        at=operation.at,
        before=state,
        after=after,
        operation=operation,
    )
    operation.facts = {"decision": decision.id}
    queue.enqueue(session, CARRY_OVER, {"act": operation.id}, at=operation.at)


def _locked(session: Session, decision_id: int) -> tuple[Decision, Registration]:
    decision = session.get_one(Decision, decision_id)
    registration = queries.lock(session, decision.registration_id)
    session.refresh(decision)
    return decision, registration
