"""Gathering mail: who hears what, and once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event

import pytest
from sqlalchemy import Engine, event, func, insert, select, update
from sqlalchemy.orm import Session

from provisioning.access.accounts.models import Account
from provisioning.firstboot import unknown
from provisioning.firstboot.models import Decision
from provisioning.monitoring.drift.models import Drift
from provisioning.monitoring.mail import gathering
from provisioning.monitoring.mail.gathering import Gatherer
from provisioning.monitoring.mail.models import ATTENTION, MailCursor
from provisioning.monitoring.webhooks import queues
from provisioning.outbox import outbox
from provisioning.outbox.models import (
    BATCH,
    DECISION,
    DIGEST,
    DRIFT,
    LETTER,
    MAIL,
    SLACK,
    STALL,
    Card,
    Notification,
)
from provisioning.policy import Policy
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial
from tests.provisioning.monitoring.mail.post import NOW, Post, choose, registration


def told(post: Post) -> str:
    """The text of the mail to the addresses at the top, by which `all` is told."""
    post.pass_on(2)
    numbers = [n for n, to in enumerate(post.receivers) if to == "all@example.com"]
    return post.text(numbers[-1]) if numbers else ""


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    said: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield said
    event.remove(Engine, "before_cursor_execute", note)


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


def test_quiet_hours_of_a_site_hold_its_mail(post: Post) -> None:
    post.fail("C02ROME", "rome")
    post.pass_on(60)
    assert post.receivers == []

    post.pass_on(125)
    assert sorted(post.receivers) == ["all@example.com", "rome@example.com"]


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
        card = outbox.open_card(session, Card(kind=DECISION, channel="C0ALL", created_at=NOW))
        decision = Decision(registration_id=mac.id, card_id=card.id, asked_at=NOW)
        decision.kind, decision.paths, decision.revision = "site", ["a", "b"], 1
        drifted = outbox.open_card(session, Card(kind=DRIFT, channel="C0ALL", created_at=NOW))
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


@pytest.mark.postgresql(instead=True)
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
            session, Card(kind=BATCH, channel="C0ALL", created_at=NOW, site="paris", build="design")
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


def test_a_batch_is_looked_at_once_however_many_of_its_macs_are_done(post: Post) -> None:
    with post.database.begin() as session:
        card = outbox.open_card(
            session, Card(kind=BATCH, channel="C0ALL", created_at=NOW, site="paris")
        )
        macs = [registration(f"C02B{number}", "paris", "U0BOB", NOW) for number in range(30)]
        session.add_all(macs)
        session.flush()
    taken = []
    for done in (macs[:1], macs[1:]):
        with post.database.begin() as session:
            for mac in done:
                confirm(session, session.merge(mac), card.id, NOW)
        with statements() as said:
            post.gatherer.step()
        taken.append(len(said))

    assert taken[0] == taken[1]


def test_what_webhooks_are_told_meanwhile_delays_no_mail(post: Post) -> None:
    rows = [queues.row(1, {"data": {}}, NOW) for _ in range(gathering.PAGE)]
    with post.database.begin() as session:
        session.execute(insert(Notification), rows)
    post.trouble("The disk is full.")
    post.pass_on(2)

    assert post.receivers == ["all@example.com"]


def test_a_look_goes_through_so_many_rows_and_the_next_one_goes_on(post: Post) -> None:
    post.gatherer.step()
    rows = [{**queues.row(1, {"data": {}}, NOW), "transport": SLACK}] * (gathering.PAGE + 1)
    with post.database.begin() as session:
        before = session.scalar(select(func.max(Notification.id))) or 0
        session.execute(
            insert(Notification), [{**row, "key": str(n)} for n, row in enumerate(rows)]
        )

        found = gathering.look(session, Policy(), NOW + 2 * gathering.GRACE)

    assert found.marks["messages"] == before + gathering.PAGE


def test_a_look_that_finds_nothing_new_writes_nothing_for_which_a_mac_would_wait(
    post: Post,
) -> None:
    post.trouble("The disk is full.")
    post.gatherer.step()
    with statements() as said:
        post.gatherer.step()

    assert said
    assert [each for each in said if not each.startswith("SELECT")] == []


def test_rows_of_another_release_hold_up_no_mail(post: Post) -> None:
    odd = {"of": "another release"}
    letter = {"about": "hologram", "part": ATTENTION, "language": "en", "is_person": False}
    address = "all@example.com"
    with post.database.begin() as session:
        outbox.enqueue_message(session, STALL, channel="C0ALL", payload=odd, at=post.now)
        outbox.enqueue_message(
            session,
            LETTER,
            transport=MAIL,
            channel=gathering.queue_of(address),
            payload={**letter, "to": address},
            at=post.now,
        )
    post.trouble("The disk is full.")

    assert "The disk is full." in told(post)


def test_a_cursor_that_nobody_knows_takes_the_place_of_none(post: Post) -> None:
    """A hand has renamed one: the table has as many as there are sources."""
    with post.database.begin() as session:
        session.execute(update(MailCursor).values(source=MailCursor.source + "x"))
    post.pass_on()
    post.trouble("The disk is full.")

    assert "The disk is full." in told(post)


def test_what_fails_ends_the_gathering(post: Post) -> None:
    def policy() -> Policy:
        raise ZeroDivisionError

    post.trouble("The disk is full.")

    with pytest.raises(ZeroDivisionError):
        Gatherer(post.database, policy).run(Event())
