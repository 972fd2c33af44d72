"""The audience of mail: the only module that decides who gets which news by mail."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.access.accounts.models import Account, OutsideAccount
from provisioning.monitoring.mail.models import ALL, BATCH, DIGEST, MailBounce, MailChoice, MailStop
from provisioning.monitoring.mail.stops import same
from provisioning.policy import Policy
from provisioning.values import outsiders


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of mail: its part (one of PARTS), and the sites and people that it concerns.

    Without `sites` it concerns the installation. `people` are those whose Macs it is about.
    """

    part: str
    sites: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient of mail: an address, its language, and the moment from which it gets the mail.

    `sites` are those that its digest is about; None for all. `is_person`: it was chosen by one.
    """

    address: str
    language: str
    due_at: datetime
    sites: tuple[str, ...] | None = None
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class _Person:
    account_id: str
    address: str
    language: str


class Audience:
    """The readers of mail, by the policy and by their own choice, as of one moment.

    Addresses of the policy at the top hear everything but the end of batches, which is for the
    person who registered them; those of a site hear what concerns its Macs. A person hears
    the digest, and of their own Macs.
    """

    def __init__(self, session: Session, policy: Policy) -> None:
        self._policy = policy
        self._people = list(_people(session))
        self._stops = {(each.address, each.kind) for each in session.scalars(select(MailStop))}
        self._sites = {name: table.email for name, table in policy.sites.items() if table.email}

    @property
    def is_empty(self) -> bool:
        """True if there are no readers of mail."""
        return not (self._people or self._policy.email or self._sites)

    def of(self, subject: Subject, at: datetime) -> list[Recipient]:
        """Return the hearers of a subject, each address once, the one with most sites first."""
        found: dict[str, Recipient] = {}
        for recipient in self._all(subject, at):
            address = same(recipient.address)
            stops = {(address, subject.part), (address, ALL)}
            if not stops & self._stops:
                found.setdefault(recipient.address, recipient)
        return list(found.values())

    def _all(self, subject: Subject, at: datetime) -> Iterator[Recipient]:
        due_at = self._due(subject.sites, at)
        if subject.part != BATCH:
            for address in self._policy.email:
                yield Recipient(address, self._policy.language, due_at)
            yield from self._of_sites(subject, at)
        names = {person.partition(" ")[0] for person in subject.people}  # as rows name outsiders
        for person in self._people:
            if subject.part == DIGEST or person.account_id in names:
                yield Recipient(person.address, person.language, due_at, is_person=True)

    def _of_sites(self, subject: Subject, at: datetime) -> Iterator[Recipient]:
        """The addresses of sites; of a digest each hears of all sites that have it."""
        sites_of: dict[str, list[str]] = {}
        for site in sorted(self._sites if subject.part == DIGEST else subject.sites):
            for address in self._policy.site(site).email:
                sites_of.setdefault(address, []).append(site)
        for address, sites in sites_of.items():
            language = self._policy.language_of(sites[0])
            yield Recipient(address, language, self._due(sites, at), tuple(sites))

    def _due(self, sites: Collection[str], at: datetime) -> datetime:
        """The first moment that is in no site's quiet hours."""
        return max((self._policy.next_morning(site, at) for site in sites), default=at)


def _people(session: Session) -> Iterator[_Person]:
    """People with an address that is not refused, but those who may no longer use Rollcall."""
    refused = set(session.scalars(select(MailBounce.address)))
    rows = (
        select(MailChoice, Account, OutsideAccount)
        .outerjoin(Account, Account.id == MailChoice.account_id)
        .outerjoin(OutsideAccount, OutsideAccount.id == MailChoice.account_id)
        .order_by(MailChoice.account_id)
    )
    for choice, account, outsider in session.execute(rows):
        person = outsider if outsiders.is_outsider(choice.account_id) else account
        is_in = person is not None and (account is None or account.refusal is None)
        if is_in and same(choice.address) not in refused:
            yield _Person(choice.account_id, choice.address, person.language)
