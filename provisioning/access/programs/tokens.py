"""Tokens for the API: their acts, sites, makers and lifetimes.

A token never has more rights than its maker, whose rights are looked up at each call. A token
that `boot.sh credentials` made is an operator's own, and has no maker.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import take_turns
from infrastructure.errors import RollcallError
from infrastructure.text import readable
from provisioning.access import credentials
from provisioning.access.accounts.models import Account, OutsideAccount
from provisioning.access.accounts.outsiders import is_named
from provisioning.access.accounts.sessions import OutsiderFacts, SignedIn
from provisioning.access.credentials import UnknownCredential
from provisioning.access.models import API, Credential
from provisioning.access.programs.models import ACTS, ApiToken
from provisioning.values import outsiders

LIFETIME = timedelta(days=90)
LONGEST_LIFETIME = timedelta(days=366)
LONGEST_NAME = 60  # characters
MAX_OPEN = 20  # tokens of one person
MAX_ABSENCE = timedelta(days=7)  # of an outsider, whose rights only a sign-in tells
PROGRAM = "api"  # in place of a provider of sign-in, in what an operator's token did


class UnusableToken(RollcallError):
    """A request for a token that cannot be made; the message has the reason."""


class TooManyTokens(RollcallError):
    """A person who has the highest number of tokens already."""

    def __init__(self) -> None:
        super().__init__(
            "{number} tokens of yours are open, which is the most: revoke one of them first.",
            number=MAX_OPEN,
        )


class MakerGone(RollcallError):
    """A token whose maker may no longer use Rollcall."""

    def __init__(self) -> None:
        super().__init__("Who made this token may not use Rollcall any more, so it does nothing.")


class OtherAct(RollcallError):
    """A call that a token does not allow; `act` is the one that it would need."""

    def __init__(self, act: str) -> None:
        super().__init__("This token is not for the act {act}.", act=act)
        self.act = act


class OutsideToken(RollcallError):
    """A Mac at a site that a token does not reach. The site is not named in the message."""

    def __init__(self) -> None:
        super().__init__("This is about a site that this token does not reach.")


class BoundToken(RollcallError):
    """A token of certain sites, in a call that needs one of all sites."""

    def __init__(self) -> None:
        super().__init__("This token is for certain sites alone.")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token to make: its name, acts, sites (None: all) and lifetime."""

    name: str
    acts: Sequence[str]
    sites: Sequence[str] | None = None
    lifetime: timedelta = LIFETIME


@dataclass(frozen=True, slots=True)
class ProgramToken:
    """A token with the moments of its credential."""

    id: int
    name: str
    made_by: str | None
    acts: frozenset[str]
    sites: tuple[str, ...] | None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def account_id(self) -> str | None:
        """The account of its maker; None for an operator's own."""
        return self.made_by and self.made_by.partition(" ")[0]

    @property
    def author(self) -> str:
        """The actor of its calls, as rows name people: its maker, or the program itself."""
        if self.made_by is not None:
            return self.made_by
        account = outsiders.account_id(PROGRAM, str(self.id))
        return outsiders.author(account, outsiders.shown_name(self.name, account))

    def is_open(self, at: datetime) -> bool:
        """True until it is revoked or expires."""
        return self.revoked_at is None and at < self.expires_at

    def reaches(self, site: str) -> bool:
        """Return True for a site, spelled as in the repo, that it may read and change."""
        return self.sites is None or site in self.sites


def make(session: Session, request: TokenRequest, *, made_by: str | None, at: datetime) -> str:
    """Make a token for a person, or for an operator, and return it; only its digest is stored.

    `wish.sites` are spelled as in the repo. Raises UnusableToken, TooManyTokens.
    """
    name = readable(request.name, LONGEST_NAME)
    acts = [act for act in ACTS if act in request.acts]
    _check(name, acts, request)
    if made_by is not None:
        take_turns(session, "tokens of people")
        if len(open_of(session, made_by, at)) >= MAX_OPEN:
            raise TooManyTokens
    credential, key = credentials.add(session, None, API, at)
    facts = ApiToken(credential_id=credential.id, name=name, made_by=made_by, acts=acts)
    facts.sites = None if request.sites is None else sorted(set(request.sites))
    facts.expires_at = at + request.lifetime
    session.add(facts)
    session.flush()
    return key


def find(session: Session, credential_id: int) -> ProgramToken | None:
    """Return a token by the number of its credential; None for another number."""
    row = session.execute(_TOKENS.where(Credential.id == credential_id)).one_or_none()
    return None if row is None else _token(row)


def maker(session: Session, token: ProgramToken, at: datetime) -> SignedIn | None:
    """Return the maker of a token, as in a session; None for an operator's own.

    Raises MakerGone where they may no longer use Rollcall, or are an outsider whose last sign-in
    is too long ago.
    """
    account_id = token.account_id
    if account_id is None:
        return None
    outside = None
    if outsiders.is_outsider(account_id):
        outsider = session.get(OutsideAccount, account_id)
        if outsider is None or at - outsider.signed_in_at > MAX_ABSENCE:
            raise MakerGone
        outside = OutsiderFacts(outsider.provider, outsider.issuer, frozenset(outsider.groups))
        name, language = outsider.name, outsider.language
    else:
        account = session.get(Account, account_id)
        if account is None or account.refusal is not None:
            raise MakerGone
        name, language = account.name, account.language
    return SignedIn(0, account_id, name, language, API, outside=outside)


def listed(session: Session, made_by: str | None = None) -> list[ProgramToken]:
    """Return all tokens, or those of a person, ended ones too, the newest first."""
    query = _TOKENS.order_by(Credential.id.desc())
    return [_token(row) for row in session.execute(_of(query, made_by))]


def open_of(session: Session, made_by: str, at: datetime) -> list[ProgramToken]:
    """Return the valid tokens of a person, the newest first."""
    return [token for token in listed(session, made_by) if token.is_open(at)]


def revoke(
    session: Session, number: int, at: datetime, *, made_by: str | None = None
) -> ProgramToken:
    """Revoke a token, of one person where given. Raises UnknownCredential."""
    token = find(session, number)
    if token is None or (made_by and not outsiders.is_same(token.made_by or "", made_by)):
        raise UnknownCredential(number)
    credentials.revoke(session, number, at)
    return token


def _check(name: str, acts: Collection[str], request: TokenRequest) -> None:
    if not name:
        raise UnusableToken("A token needs a name, by which people know it later.")
    if not acts or len(acts) != len(set(request.acts)):
        raise UnusableToken(
            "A token is for one or more of these acts: {names}.", names=", ".join(ACTS)
        )
    if request.sites is not None and not request.sites:
        raise UnusableToken("Name the sites of the token, or say that it is for all.")
    if not timedelta(days=1) <= request.lifetime <= LONGEST_LIFETIME:
        raise UnusableToken("A token is good for 1 to {number} days.", number=LONGEST_LIFETIME.days)


_TOKENS: Select[Credential, ApiToken] = select(Credential, ApiToken).join(
    ApiToken, ApiToken.credential_id == Credential.id
)


def _of(
    query: "Select[Credential, ApiToken]", made_by: str | None
) -> "Select[Credential, ApiToken]":
    """The tokens of a person, who may have had another name when they made them."""
    if made_by is None:
        return query
    return query.where(is_named(ApiToken.__table__.c.made_by, made_by.partition(" ")[0]))


def _token(row: "Row[Credential, ApiToken]") -> ProgramToken:
    credential, facts = row
    return ProgramToken(
        credential.id,
        facts.name,
        facts.made_by,
        frozenset(facts.acts).intersection(ACTS),
        None if facts.sites is None else tuple(facts.sites),
        credential.made_at,
        facts.expires_at,
        credential.used_at,
        credential.revoked_at,
    )
