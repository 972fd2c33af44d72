"""The choice of a person to read mail, confirmed by a link that is sent to the address."""

import base64
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import changed, put, take_turns
from infrastructure.errors import Conflict, RollcallError, Unknown
from infrastructure.mail import addresses
from infrastructure.text import whole_number
from provisioning.access.accounts.models import Account, OutsideAccount
from provisioning.monitoring.mail import bounces, stops
from provisioning.monitoring.mail.gathering import queue_of
from provisioning.monitoring.mail.models import (
    ADDRESS,
    MailBounce,
    MailChoice,
    MailRequest,
    MailStop,
)
from provisioning.monitoring.mail.stops import same
from provisioning.outbox import outbox
from provisioning.outbox.models import MAIL
from provisioning.values import outsiders
from provisioning.values.slack import DEACTIVATED

LIFETIME = timedelta(days=1)
MAX_OF_PERSON, MAX_TO_ADDRESS, MAX_OF_ALL = 3, 2, 200  # requests within a day
RETENTION = timedelta(days=30)  # of requests
BOUNCE_RETENTION = timedelta(days=365)  # of an address that was refused; then it is tried again
SIZE = 16  # random bytes of a nonce
PATH = "/board/mail/confirm"


class TooManyRequests(RollcallError):
    """More requests for mail than one person may make in a day, to protect strangers."""

    def __init__(self) -> None:
        super().__init__("That is enough mail of this kind for a day. Try again tomorrow.")


class UnwantedMail(Conflict):
    """An address whose reader has stopped this kind of mail."""

    def __init__(self) -> None:
        super().__init__("That address wants no such mail from Rollcall any more.")


class SpentLink(Unknown):
    """A link that confirms nothing: it is not ours, was used, is too old, or a newer one exists."""

    def __init__(self) -> None:
        super().__init__("This link is not good any more. Ask for a new one.")


class ConfirmationLinks:
    """A maker and checker of links that confirm an address. Nothing of a code is stored."""

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.digest(secret_key.encode(), b"rollcall.mail.confirm", "sha256")

    def make(self, origin: str, request: MailRequest) -> str:
        """Return the link of a request, at a board of an `origin`."""
        return f"{origin}{PATH}/{request.id}-{self._code(request)}"

    def find(self, session: Session, token: str, at: datetime) -> MailRequest:
        """Return the request that a link's token confirms. Raises SpentLink."""
        number, _, code = token.partition("-")
        request_id = whole_number(number)
        request = None if request_id is None else session.get(MailRequest, request_id)
        if request is None or not hmac.compare_digest(
            self._code(request).encode(), code.encode("utf-8", "surrogatepass")
        ):
            raise SpentLink
        if request.used_at is not None or not at - LIFETIME < request.made_at <= at + LIFETIME:
            raise SpentLink
        return request

    def _code(self, request: MailRequest) -> str:
        parts = f"{request.id}\n{request.account_id}\n{request.address}\n{request.nonce}"
        mac = hmac.digest(self._key, parts.encode(), "sha256")
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def ask(session: Session, account_id: str, typed: str, at: datetime) -> str:
    """Enqueue the mail that asks an address for confirmation; returns the address as it is stored.

    A new request ends the one before. Raises UnusableAddress, TooManyRequests and UnwantedMail.
    """
    address = addresses.parse(typed)
    if stops.is_stopped(session, address, ADDRESS):
        raise UnwantedMail
    _check_limits(session, account_id, address, at)
    _end_request(session, account_id, at)
    nonce = secrets.token_urlsafe(SIZE)
    request = MailRequest(account_id=account_id, address=address, nonce=nonce, made_at=at)
    session.add(request)
    session.flush()
    outbox.enqueue_message(
        session,
        ADDRESS,
        transport=MAIL,
        channel=queue_of(address),
        payload={"request": request.id, "to": address},
        at=at,
    )
    return address


def confirm(session: Session, links: ConfirmationLinks, token: str, at: datetime) -> MailChoice:
    """Use up a link: its person gets mail at its address from now on. Raises SpentLink."""
    request = links.find(session, token, at)
    is_it = (MailRequest.id == request.id) & MailRequest.used_at.is_(None)
    if not changed(session, update(MailRequest).where(is_it).values(used_at=at)):
        raise SpentLink
    values = {"address": request.address, "confirmed_at": at}
    put(session, MailChoice, {"account_id": request.account_id}, values)
    bounces.forget(session, request.address)
    stops.go_on(session, request.address)
    return session.get_one(MailChoice, request.account_id, populate_existing=True)


def end(session: Session, account_id: str, at: datetime) -> bool:
    """End a person's mail and an open request; returns False where they had no mail."""
    _end_request(session, account_id, at)
    ended = delete(MailChoice).where(MailChoice.account_id == account_id)
    return changed(session, ended) > 0


def prune(session: Session, now: datetime) -> None:
    """Delete old requests and refusals, and the addresses of people who have left.

    These are people whom Slack has deactivated, and those of other providers whose account has
    gone. Guests and the like keep theirs, as they may come back, and so do people whom the copy of
    Slack's list lacks: it keeps deactivated ones, and may be that of another workspace for a while.
    """
    session.execute(delete(MailRequest).where(MailRequest.made_at < now - RETENTION))
    session.execute(delete(MailBounce).where(MailBounce.bounced_at < now - BOUNCE_RETENTION))
    rows = (
        select(MailChoice.account_id, Account, OutsideAccount)
        .outerjoin(Account, Account.id == MailChoice.account_id)
        .outerjoin(OutsideAccount, OutsideAccount.id == MailChoice.account_id)
    )
    for account_id, account, outsider in session.execute(rows).all():
        if outsiders.is_outsider(account_id):
            has_left = outsider is None
        else:
            has_left = account is not None and account.refusal == DEACTIVATED.to_json()
        if has_left:
            end(session, account_id, now)


def forget(session: Session, account_id: str) -> int:
    """Delete a person's choice and requests, and what is known of addresses that they confirmed.

    Returns the number of rows. An address that another person reads keeps its stop and refusal, and
    so does one that was never confirmed: it may be anybody's who wants no mail.
    """
    tables: tuple[type[MailChoice | MailRequest], ...] = (MailChoice, MailRequest)
    confirmed = (
        select(MailChoice.address).where(MailChoice.account_id == account_id),
        select(MailRequest.address).where(
            MailRequest.account_id == account_id, MailRequest.used_at.is_not(None)
        ),
    )
    addresses_of = {same(address) for query in confirmed for address in session.scalars(query)}
    number = sum(
        changed(session, delete(table).where(table.account_id == account_id)) for table in tables
    )
    others = {same(address) for address in session.scalars(select(MailChoice.address))}
    for address in addresses_of - others:
        for known in (MailStop, MailBounce):
            number += changed(session, delete(known).where(known.address == address))
    return number


def of_person(session: Session, account_id: str) -> MailChoice | None:
    """Return the choice of a person; None for one who reads no mail."""
    return session.get(MailChoice, account_id)


def open_request(session: Session, account_id: str, at: datetime) -> MailRequest | None:
    """Return the unconfirmed request of a person."""
    query = select(MailRequest).where(
        MailRequest.account_id == account_id,
        MailRequest.used_at.is_(None),
        MailRequest.made_at > at - LIFETIME,
    )
    return session.scalars(query.order_by(MailRequest.id.desc()).limit(1)).first()


def _end_request(session: Session, account_id: str, at: datetime) -> None:
    """End the open request of a person, where there is one."""
    mine = (MailRequest.account_id == account_id) & MailRequest.used_at.is_(None)
    session.execute(update(MailRequest).where(mine).values(used_at=at))


def _check_limits(session: Session, account_id: str, address: str, at: datetime) -> None:
    take_turns(session, "mail requests")
    session.execute(delete(MailRequest).where(MailRequest.made_at < at - RETENTION))
    lately = MailRequest.made_at > at - LIFETIME
    limits = (
        (MailRequest.account_id == account_id, MAX_OF_PERSON),
        (func.lower(MailRequest.address) == address.lower(), MAX_TO_ADDRESS),
        (MailRequest.id.is_not(None), MAX_OF_ALL),
    )
    for condition, most in limits:
        count = select(func.count()).select_from(MailRequest).where(lately, condition)
        if (session.scalar(count) or 0) >= most:
            raise TooManyRequests
