"""Addresses of the policy that get no mail: they stopped it, or were refused by the mail server."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.errors import Unknown
from provisioning.monitoring.mail import bounces, stops
from provisioning.monitoring.mail.models import ALL, PARTS, MailBounce, MailStop
from provisioning.monitoring.mail.stops import same
from provisioning.policy import Policy

LIFTED = (*PARTS, ALL)  # what an admin may lift; who wants no questions either is not asked again


class NotOfPolicy(Unknown):
    """An address that is not in the policy: only its owner can lift the stop."""

    def __init__(self) -> None:
        super().__init__("The policy has no such address for mail.")


@dataclass(frozen=True, slots=True)
class SuppressedAddress:
    """An address of the policy that gets no mail: it stopped some, or a mail server refused it."""

    address: str
    stops: Sequence[MailStop]
    bounce: MailBounce | None


def of_policy(session: Session, policy: Policy) -> list[SuppressedAddress]:
    """Return the addresses of the policy that stopped mail or were refused."""
    stopped = session.scalars(
        select(MailStop).where(MailStop.kind.in_(LIFTED)).order_by(MailStop.stopped_at)
    ).all()
    found = [
        SuppressedAddress(
            address,
            [each for each in stopped if each.address == same(address)],
            bounces.of(session, address),
        )
        for address in policy.mail_addresses
    ]
    return [each for each in found if each.stops or each.bounce is not None]


def lift(session: Session, policy: Policy, address: str) -> None:
    """Send an address of the policy mail again. Raises NotOfPolicy."""
    if same(address) not in map(same, policy.mail_addresses):
        raise NotOfPolicy
    stops.go_on(session, address, LIFTED)
    bounces.forget(session, address)
