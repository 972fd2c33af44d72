"""Mail: who hears what, what is joined, and what becomes of a mail that is not taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, insert, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.mail.server import MailServer
from provisioning.access.accounts.models import Account
from provisioning.diagnostics import backlog_findings
from provisioning.firstboot import unknown
from provisioning.firstboot.models import Decision
from provisioning.monitoring.drift.models import Drift
from provisioning.monitoring.mail import bounces, choices, gathering, silenced, stops
from provisioning.monitoring.mail.choices import (
    ConfirmationLinks,
    SpentLink,
    TooManyRequests,
    UnwantedMail,
)
from provisioning.monitoring.mail.models import ADDRESS, ALL, ATTENTION, MailRequest
from provisioning.monitoring.mail.relay import MailRelay
from provisioning.monitoring.mail.silenced import NotOfPolicy
from provisioning.monitoring.mail.transport import MailTransport, Return
from provisioning.monitoring.webhooks import hooks
from provisioning.outbox import outbox
from provisioning.outbox.models import (
    BATCH,
    DECISION,
    DIGEST,
    DRIFT,
    MAIL,
    SLACK,
    STALL,
    Notification,
)
from provisioning.policy import Policy
from provisioning.registrations.models import FAILED, Event, Registration
from provisioning.values.serials import Serial
from tests.fakes.smtp import Mailbox, running

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
    relay: MailRelay = field(init=False)

    def __post_init__(self) -> None:
        transport = MailTransport(
            MailServer(self.mailbox.url),
            "rollcall@example.com",
            ORIGIN,
            Return(ORIGIN, KEY),
        )
        self.relay = MailRelay(
            self.database,
            transport,
            lambda: self.policy,
            channel="C0ALL",
            pulse=lambda *_: None,
            count=lambda *_: None,
            clock=lambda: self.now,
        )
        self.relay.gather()  # what was before is nobody's mail

    def pass_on(self, minutes: float = 0) -> None:
        """Let time pass, gather, and deliver what is due."""
        self.relay.gather()
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


@pytest.fixture
def post(database: Database) -> Iterator[Post]:
    with running(Mailbox()) as mailbox:
        yield Post(database, mailbox)


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


@pytest.mark.postgresql(instead=True)
def test_a_site_hears_of_its_macs_and_the_top_of_all_in_their_languages(post: Post) -> None:
    post.fail("C02PARIS", "paris")
    post.fail("C02LYON", "lyon")
    post.pass_on(2)

    assert sorted(post.receivers) == ["all@example.com", "paris@example.com"]
    of_all, of_paris = (post.receivers.index(f"{name}@example.com") for name in ("all", "paris"))
    assert {"C02LYON", "C02PARIS"} <= set(post.text(of_all).split())
    assert "C02LYON" not in post.text(of_paris)
    assert "C02PARIS (paris / design) a échoué" in post.text(of_paris)


def test_what_happens_within_a_minute_is_one_mail_and_the_next_follows_minutes_later(
    post: Post,
) -> None:
    for number in range(3):
        post.trouble(f"The disk {number} is full.")
    post.pass_on(2)
    assert post.receivers == ["all@example.com"]
    assert post.mailbox.mails[0]["Subject"] == "Rollcall: The disk 0 is full. (+2)"

    post.trouble("The disk 4 is full.")
    post.pass_on(2)
    assert len(post.mailbox.mails) == 1
    post.pass_on(5)
    assert len(post.mailbox.mails) == 2


def test_quiet_hours_of_a_site_hold_its_mail(post: Post) -> None:
    post.fail("C02ROME", "rome")
    post.pass_on(60)
    assert post.receivers == []

    post.pass_on(125)
    assert sorted(post.receivers) == ["all@example.com", "rome@example.com"]


def test_what_is_no_longer_so_is_not_mailed(post: Post) -> None:
    post.fail("C02PARIS", "paris")
    post.relay.gather()
    with post.database.begin() as session:
        session.scalars(select(Registration)).one().state = "confirmed"
    post.pass_on(2)

    assert (post.receivers, set(states(post.database))) == ([], {"unsaid"})


def test_a_person_hears_of_their_own_macs_until_they_may_no_longer_be_in(post: Post) -> None:
    with post.database.begin() as session:
        session.add(Account(id="U0BOB", name="Bob", language="de", refusal=None))
        choose(session, "U0BOB", "bob@example.com")
    post.fail("C02BOB", "lyon", by="U0BOB")
    post.fail("C02ADA", "lyon", by="U0ADA")
    post.pass_on(2)
    number = post.receivers.index("bob@example.com")
    assert "C02BOB (lyon / design) ist fehlgeschlagen" in post.text(number)
    assert "C02ADA" not in post.text(number)

    with post.database.begin() as session:
        session.delete(session.get_one(Account, "U0BOB"))
    post.fail("C02BOB2", "lyon", by="U0BOB")
    post.pass_on(10)
    assert post.receivers.count("bob@example.com") == 1


def test_a_mail_has_what_programs_of_mail_want_and_no_html_of_others(post: Post) -> None:
    post.fail("C02PARIS", "paris")
    post.pass_on(2)

    mail = post.mailbox.mails[0]
    html = mail.get_body(("html",))
    assert html is not None
    assert "Copying &lt;b&gt; stopped" in html.get_content()
    assert not {"<b>", "<img"} & set(html.get_content().split())
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = mail["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert stops.StopLinks(KEY).read(token) == (post.receivers[0], ATTENTION)


def test_an_address_that_wants_no_more_of_a_kind_gets_none(post: Post) -> None:
    with post.database.begin() as session:
        stops.stop(session, "all@example.com", ATTENTION, NOW)
        stops.stop(session, "all@example.com", ATTENTION, NOW)
        stops.stop(session, "paris@example.com", ALL, NOW)
    post.fail("C02PARIS", "paris")
    post.pass_on(2)

    assert post.receivers == []


def test_a_mail_server_that_is_away_for_a_day_loses_nothing_and_makes_no_flood(
    post: Post,
) -> None:
    post.mailbox.replies["MAIL"] = "451 not now"
    for hour in range(0, 24, 3):
        post.trouble(f"Trouble of hour {hour}.")
        post.pass_on(180)
    assert post.receivers == []

    post.mailbox.replies.clear()
    post.pass_on(5)
    assert post.receivers == ["all@example.com"]
    assert all(f"Trouble of hour {hour}." in post.text() for hour in range(0, 24, 3))


def test_a_mail_whose_answer_was_lost_is_sent_once_more_under_its_id(post: Post) -> None:
    post.mailbox.closes_behind = True
    post.trouble("The disk is full.")
    for _ in range(4):
        post.pass_on(10)

    first, second = post.mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert states(post.database) == ["sent"]


def test_an_address_that_bounces_is_noted_and_its_person_hears_of_it_in_slack(post: Post) -> None:
    with post.database.begin() as session:
        session.add(Account(id="U0BOB", name="Bob", language="en", refusal=None))
        choose(session, "U0BOB", "Bob@example.com")
    post.mailbox.replies["Bob@example.com"] = "550 no such user"
    for number in range(2):
        post.fail(f"C02BOB{number}", "lyon", by="U0BOB")
        post.pass_on(10)

    with post.database.reading() as session:
        assert [each.address for each in bounces.all_of(session)] == ["bob@example.com"]
        assert [each.kind for each in backlog_findings(session, NOW, "/mac")] == ["bounced mail"]
    [news] = told_in_slack(post.database, "U0BOB")
    assert "550 no such user" in news
    assert "parked" not in states(post.database)

    post.mailbox.replies.clear()
    with post.database.begin() as session:
        choose(session, "U0BOB", "BOB@example.com", post.now)
        assert bounces.all_of(session) == []
    post.fail("C02BOB2", "lyon", by="U0BOB")
    post.pass_on(10)
    assert "BOB@example.com" in post.receivers


def test_who_asks_for_mail_to_an_address_that_is_refused_hears_of_it(post: Post) -> None:
    post.mailbox.replies["bob@example.com"] = "550 <bob@example.com> *is* <!channel>"
    with post.database.begin() as session:
        choices.ask(session, "U0BOB", "bob@example.com", NOW)
    post.pass_on(2)

    [news] = told_in_slack(post.database, "U0BOB")
    assert "550 &lt;bob@example.com&gt;" in news
    assert "<" not in news, "the mail server writes markup in Slack"


def test_an_admin_has_mail_sent_to_addresses_of_the_policy_again_and_to_no_others(
    post: Post,
) -> None:
    with post.database.begin() as session:
        for address in ("All@example.com", "eve@example.com"):
            for kind in (ATTENTION, ALL, ADDRESS):
                stops.stop(session, address, kind, NOW)
        [told] = silenced.of_policy(session, POLICY)
        assert (told.address, [each.kind for each in told.stops]) == (
            "all@example.com",
            [ATTENTION, ALL],
        )
        with pytest.raises(NotOfPolicy):
            silenced.lift(session, POLICY, "eve@example.com")
        silenced.lift(session, POLICY, "ALL@example.com")
        assert silenced.of_policy(session, POLICY) == []
        assert stops.is_stopped(session, "all@example.com", ADDRESS)
    post.trouble("The disk is full.")
    post.pass_on(2)

    assert post.receivers == ["all@example.com"]


def test_a_server_that_refuses_us_is_told_of_once_and_resent_when_that_is_fixed(
    post: Post,
) -> None:
    post.mailbox.replies["MAIL"] = "550 you are not wanted"
    post.policy = Policy.model_validate({"email": ["a@example.com", "b@example.com"]})
    post.trouble("The disk is full.")
    post.pass_on(2)
    assert states(post.database) == ["parked", "parked"]
    news = told_in_slack(post.database, "C0ALL")
    assert len([each for each in news if "you are not wanted" in each]) == 1

    post.mailbox.replies.clear()
    with post.database.begin() as session:
        assert bounces.resend(session) == 2
    post.pass_on(10)
    assert set(post.receivers) == {"a@example.com", "b@example.com"}


def choose(session: Session, person: str, address: str, at: datetime = NOW) -> None:
    """Have a person confirm an address."""
    choices.ask(session, person, address, at)
    links = ConfirmationLinks(KEY)
    request = session.scalars(select(MailRequest).order_by(MailRequest.id.desc())).first()
    assert request is not None
    choices.confirm(session, links, links.make("", request).rpartition("/")[2], at)


def test_an_address_is_confirmed_by_the_link_that_is_mailed_there_and_once(post: Post) -> None:
    with post.database.begin() as session:
        session.add(Account(id="U0BOB", name="Bob", language="en", refusal=None))
        choices.ask(session, "U0BOB", " Bob@Example.com", NOW)
        assert choices.of_person(session, "U0BOB") is None
    post.pass_on()
    assert post.receivers == ["Bob@example.com"]
    link = next(line for line in post.text().splitlines() if "/board/mail/confirm/" in line)
    token = link.rpartition("/")[2]

    links = ConfirmationLinks(KEY)
    with post.database.begin() as session:
        assert choices.confirm(session, links, token, NOW).address == "Bob@example.com"
        for wrong in (token, f"{token}x", "1", "1-", "999-x", "x-y", "", "1-\ud800"):
            with pytest.raises(SpentLink):
                choices.confirm(session, links, wrong, NOW)


def test_nobody_mails_strangers_by_us(post: Post) -> None:
    with post.database.begin() as session:
        for number in range(3):
            choices.ask(session, "U0EVE", f"stranger{number}@example.com", NOW)
        with pytest.raises(TooManyRequests):
            choices.ask(session, "U0EVE", "stranger4@example.com", NOW)
        choices.ask(session, "U0MALLORY", "stranger0@example.com", NOW)
        with pytest.raises(TooManyRequests):
            choices.ask(session, "U0TRENT", "Stranger0@example.com", NOW)
        stops.stop(session, "never@example.com", ADDRESS, NOW)
        with pytest.raises(UnwantedMail):
            choices.ask(session, "U0TRENT", "never@example.com", NOW)
        choices.ask(session, "U0EVE", "stranger4@example.com", NOW + timedelta(days=1, hours=1))


def told(post: Post) -> str:
    """The text of the mail to the addresses at the top, by which `all` is told."""
    post.pass_on(2)
    numbers = [n for n, to in enumerate(post.receivers) if to == "all@example.com"]
    return post.text(numbers[-1]) if numbers else ""


@pytest.mark.postgresql
def test_what_asks_a_person_is_told_once_while_it_is_open(post: Post) -> None:
    with post.database.begin() as session:
        mac = registration("C02XK1ABJG5H", "lyon", None, NOW)
        mac.state, mac.mentioned_at = "imaging", NOW
        session.add(mac)
        session.flush()
        unknown.ask_about(session, Serial.parse("C02XL0ABJG5H"), channel="C0ALL", at=NOW)
        payload = {"by": None, "since": NOW.isoformat(), "macs": [mac.id]}
        outbox.enqueue_message(session, STALL, channel="C0ALL", payload=payload, at=NOW)
        card = outbox.open_card(session, DECISION, channel="C0ALL", at=NOW)
        decision = Decision(registration_id=mac.id, card_id=card.id, asked_at=NOW)
        decision.kind, decision.paths, decision.revision = "site", ["a", "b"], 1
        drifted = outbox.open_card(session, DRIFT, channel="C0ALL", at=NOW)
        drift = Drift(registration_id=mac.id, card_id=drifted.id, there={}, found_at=NOW)
        session.add_all([decision, drift])
        for each in (card, drifted, card):
            outbox.enqueue_card(session, each, at=NOW)

    text = told(post)
    assert "C02XL0ABJG5H asks for its manifest, and nobody has registered it." in text
    assert "C02XK1ABJG5H (lyon / design) fell silent while being imaged." in text
    assert text.count("what becomes of the manifest of C02XK1ABJG5H (lyon / design).") == 1
    assert "The manifest of C02XK1ABJG5H (lyon / design) is not as Rollcall wrote it." in text
    assert "/board/macs/C02XK1ABJG5H" in text


@pytest.mark.postgresql
def test_the_digest_is_one_a_day_and_of_the_own_sites(post: Post) -> None:
    with post.database.begin() as session:
        session.add(registration("C02PARIS", "paris", None, NOW))
        session.add(registration("C02LYON", "lyon", None, NOW))
        for channel in ("C0ALL", "C0PARIS"):
            payload = {"sites": ["paris", "lyon"], "command": "/mac"}
            outbox.enqueue_message(session, DIGEST, channel=channel, payload=payload, at=NOW)
    text = told(post)

    assert sorted(post.receivers) == ["all@example.com", "paris@example.com"]
    assert "C02PARIS (paris / design): failed" in text
    of_paris = post.text(post.receivers.index("paris@example.com"))
    assert "C02LYON" not in of_paris
    assert "C02PARIS" in of_paris


@pytest.mark.postgresql
def test_the_end_of_a_batch_is_told_to_its_person_alone(post: Post) -> None:
    with post.database.begin() as session:
        session.add(Account(id="U0BOB", name="Bob", language="en", refusal=None))
        choose(session, "U0BOB", "bob@example.com")
        card = outbox.open_card(
            session, BATCH, channel="C0ALL", at=NOW, site="paris", build="design"
        )
        card.registered_by = "U0BOB"
        macs = [registration(f"C02B{number}", "paris", "U0BOB", NOW) for number in range(2)]
        for mac in macs:
            mac.state, mac.card_id = "confirmed", card.id
        macs[1].state = "waiting"
        session.add_all(macs)
        session.flush()
        confirm(session, macs[0], card.id, NOW)
    post.pass_on(2)
    assert post.receivers == []

    with post.database.begin() as session:
        waiting = session.scalars(select(Registration).where(Registration.state == "waiting"))
        mac = waiting.one()
        mac.state = "confirmed"
        session.flush()
        confirm(session, mac, card.id, post.now)
    post.pass_on(2)
    assert post.receivers == ["bob@example.com"]
    assert "the manifests of 2 Macs for paris / design are written" in post.text()


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    said: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield said
    event.remove(Engine, "before_cursor_execute", note)


def test_a_batch_is_looked_at_once_however_many_of_its_macs_are_done(post: Post) -> None:
    with post.database.begin() as session:
        card = outbox.open_card(session, BATCH, channel="C0ALL", at=NOW, site="paris")
        macs = [registration(f"C02B{number}", "paris", "U0BOB", NOW) for number in range(30)]
        session.add_all(macs)
        session.flush()
    taken = []
    for done in (macs[:1], macs[1:]):
        with post.database.begin() as session:
            for mac in done:
                confirm(session, session.merge(mac), card.id, NOW)
        with statements() as said:
            post.relay.gather()
        taken.append(len(said))

    assert taken[0] == taken[1]


def test_what_webhooks_are_told_meanwhile_delays_no_mail(post: Post) -> None:
    rows = [hooks.row(1, {"data": {}}, NOW) for _ in range(gathering.PAGE)]
    with post.database.begin() as session:
        session.execute(insert(Notification), rows)
    post.trouble("The disk is full.")
    post.pass_on(2)

    assert post.receivers == ["all@example.com"]


def test_a_look_that_finds_nothing_new_writes_nothing_for_which_a_mac_would_wait(
    post: Post,
) -> None:
    post.trouble("The disk is full.")
    post.relay.gather()
    with statements() as said:
        post.relay.gather()

    assert said
    assert [each for each in said if not each.startswith("SELECT")] == []


def confirm(session: Session, mac: Registration, card_id: int, at: datetime) -> None:
    """Tell the channel that a manifest was written."""
    outbox.enqueue_confirmation(
        session,
        channel="C0ALL",
        registration_id=mac.id,
        card_id=card_id,
        payload={"serial": mac.serial},
        at=at,
        deferrable=True,
    )
