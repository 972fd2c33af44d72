"""A post: mail from the database to a mail server, and the Macs and people whom it is about."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.mail.server import MailServer
from provisioning.monitoring.mail import bounces, choices
from provisioning.monitoring.mail.choices import ConfirmationLinks
from provisioning.monitoring.mail.gathering import Gatherer
from provisioning.monitoring.mail.models import MailRequest
from provisioning.monitoring.mail.transport import BoardLinks, MailTransport
from provisioning.outbox import outbox
from provisioning.outbox.models import MAIL, SLACK, Notification
from provisioning.outbox.relay import Relay
from provisioning.policy import Policy
from provisioning.registrations.models import FAILED, Event, Registration
from tests.fakes.smtp import Mailbox

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEY, ORIGIN = "k" * 40, "https://rollcall.example.com"
POLICY = Policy.model_validate(
    {
        "email": ["all@example.com"],
        "sites": {
            "paris": {"email": ["paris@example.com"], "language": "fr", "channel": "C0PARIS"},
            "rome": {"email": ["rome@example.com"], "quiet": ["11:00-15:00"]},
        },
    }
)


@dataclass
class Post:
    """A database, a mail server, and the relay between them, at a moment that a test sets."""

    database: Database
    mailbox: Mailbox
    policy: Policy = POLICY
    now: datetime = NOW
    relay: Relay = field(init=False)
    gatherer: Gatherer = field(init=False)

    def __post_init__(self) -> None:
        transport = MailTransport(
            MailServer(self.mailbox.url), "rollcall@example.com", ORIGIN, BoardLinks(ORIGIN, KEY)
        )
        self.relay = Relay(
            self.database,
            transport,
            tell_refused=partial(bounces.tell, channel="C0ALL"),
            clock=lambda: self.now,
        )
        self.gatherer = Gatherer(self.database, lambda: self.policy, clock=lambda: self.now)
        self.gatherer.step()  # what was before is nobody's mail

    def pass_on(self, minutes: float = 0) -> None:
        """Let time pass, gather, and deliver what is due."""
        self.gatherer.step()
        self.now += timedelta(minutes=minutes)
        while self.relay.deliver():
            pass

    def trouble(self, sentence: str, channel: str = "C0ALL") -> None:
        """Tell a channel of trouble."""
        with self.database.begin() as session:
            outbox.enqueue_trouble(session, channel=channel, sentence=sentence, at=self.now)

    def fail(self, serial: str, site: str, by: str | None = None) -> None:
        """Have a Mac fail."""
        with self.database.begin() as session:
            mac = registration(serial, site, by, self.now)
            session.add(mac)
            session.flush()
            event = Event(registration_id=mac.id, what=FAILED, at=self.now)
            session.add(event)

    @property
    def receivers(self) -> list[str]:
        """The receivers of all mail, in order."""
        return [to for receivers in self.mailbox.receivers for to in receivers]

    def text(self, number: int = -1) -> str:
        """The plain text of a mail."""
        body = self.mailbox.mails[number].get_body(("plain",))
        assert body is not None
        return str(body.get_content())


def registration(serial: str, site: str, by: str | None, at: datetime) -> Registration:
    return Registration(
        serial=serial,
        site=site,
        build="design",
        state=FAILED,
        registered_by=by,
        channel="C0ALL",
        revision=1,
        created_at=at,
        changed_at=at,
        step="Copying <b> stopped",
    )


def states(database: Database) -> list[str]:
    with database.reading() as session:
        query = select(Notification.state).where(Notification.transport == MAIL)
        return list(session.scalars(query))


def told_in_slack(database: Database, channel: str) -> list[str]:
    with database.reading() as session:
        rows = session.scalars(
            select(Notification).where(
                Notification.channel == channel, Notification.transport == SLACK
            )
        )
        return [row.facts["sentence"] for row in rows]


def choose(session: Session, person: str, address: str, at: datetime = NOW) -> None:
    """Have a person confirm an address."""
    choices.ask(session, person, address, at)
    links = ConfirmationLinks(KEY)
    request = session.scalars(select(MailRequest).order_by(MailRequest.id.desc())).first()
    assert request is not None
    choices.confirm(session, links, links.make("", request).rpartition("/")[2], at)
