"""Answers to the questions that first boots ask: of unknown Macs, and of Macs' manifests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from provisioning.firstboot import unknown
from provisioning.firstboot.decisions import twins, two_of_a_kind
from provisioning.firstboot.models import Decision, UnknownMac
from provisioning.firstboot.replacements import corrections
from provisioning.maintenance.acts.actors import Principal, acting
from provisioning.munki import Destination
from provisioning.outbox.models import Card
from provisioning.registrations import queries
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Operation, Registration
from provisioning.values.serials import Serial


def register_unknown(
    unknown_mac_id: int,
    destination: Destination,
    principal: Principal,
    *,
    channel_of: Callable[[str], str],
) -> tuple[UnknownMac, Operation]:
    """Register an unknown Mac, on the card that asks. Raises NotAllowed, AlreadySettled."""
    principal.permit(destination.site)
    with acting("registered", principal) as (session, operation):
        mac = unknown.get_pending(session, unknown_mac_id)
        result = registrations.register(
            session,
            [Serial.parse(mac.reported_as)],
            destination,
            operation=operation,
            channel=channel_of(destination.site),
            asked_on=session.get_one(Card, mac.card_id),
        )
        if not result.registered:
            raise unknown.already_settled(session, mac)
        return mac, operation


def correct(
    unknown_mac_id: int, registration_id: int, revision: int, principal: Principal
) -> tuple[Registration, str, Operation]:
    """Give an unknown Mac the registration whose serial was mistyped.

    Returns it with its former serial. Raises NotAllowed, AlreadySettled, CorrectionOutdated.
    """
    with _acting_on(unknown.CORRECTED, registration_id, principal) as (session, act):
        corrected = corrections.correct(
            session, unknown_mac_id, registration_id, revision, operation=act
        )
        return *corrected, act


def decide(
    registration_id: int, revision: int, answer: str, principal: Principal
) -> tuple[Decision | None, Registration]:
    """Keep an answer about two entries of one kind; None where it is not asked any more.

    Raises NotAllowed, AlreadyDecided.
    """
    with _acting_on("decided", registration_id, principal) as (session, act):
        decision = two_of_a_kind.decide(session, registration_id, revision, answer, operation=act)
        return decision, session.get_one(Registration, registration_id)


def decide_about_twin(
    decision_id: int, answer: str, principal: Principal
) -> tuple[Decision, Registration, Operation]:
    """Keep an answer about a Mac's twin. Raises NotAllowed, AlreadyDecided."""
    with principal.database.reading() as session:
        registration_id = session.get_one(Decision, decision_id).registration_id
    verb = twins.CARRIED if answer == twins.CARRY else "decided"
    with _acting_on(verb, registration_id, principal) as (session, act):
        return *twins.decide(session, decision_id, answer, operation=act), act


@contextmanager
def _acting_on(
    verb: str, registration_id: int, principal: Principal
) -> Iterator[tuple[Session, Operation]]:
    """A transaction with an operation on one Mac, which the person may change where it is.

    Slack may be asked for the rights, so they are checked before the transaction, for which others
    wait; and in it, as the Mac may have been moved since.
    """
    with principal.database.reading() as session:
        site = session.get_one(Registration, registration_id).site
    principal.permit(site)
    with acting(verb, principal) as (session, operation):
        principal.permit(queries.lock(session, registration_id).site)
        yield session, operation
