"""People who are forgotten, and the addresses of those who have left."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.text import Sentence
from provisioning.access.accounts import outsiders, sessions
from provisioning.access.accounts.models import Account, BrowserSession
from provisioning.access.accounts.outsiders import Outsider
from provisioning.access.programs import tokens
from provisioning.access.programs.models import READ
from provisioning.access.programs.tokens import TokenRequest
from provisioning.maintenance import people
from provisioning.maintenance.tables import Base
from provisioning.monitoring.mail import choices
from provisioning.monitoring.mail.models import MailBounce, MailChoice, MailRequest, MailStop
from provisioning.monitoring.webhooks import hooks
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.outbox import outbox
from provisioning.registrations.models import Operation, Registration
from provisioning.values.outsiders import shown
from provisioning.values.slack import DEACTIVATED
from rollcall.parts import jobs
from tests.support.acting import register, undo

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GUEST = Sentence("you are a guest in this workspace; ask a full member to do it")
ADA = Outsider("okta", "https://okta.example", "00u1", "Ada Lovelace", "en", frozenset())
AUTHOR = "okta:00u1 Ada Lovelace"


def reads_mail(session: Session, *people: str) -> None:
    """Have people read mail, at an address of their own."""
    for person in people:
        address = f"{person.lower()}@example.com"
        session.add(MailChoice(account_id=person, address=address, confirmed_at=NOW))


def told_by_mail(database: Database) -> set[str]:
    with database.reading() as session:
        return {*session.scalars(select(MailChoice.account_id))}


@pytest.mark.postgresql
def test_the_address_of_a_person_who_has_left_is_deleted_within_a_day(database: Database) -> None:
    """Guests may come back as members, and keep theirs.

    Slack lists deactivated people: whom the copy lacks is of another workspace, say.
    """
    with database.begin() as session:
        for name, refusal in (("U0ALICE", None), ("U0GUEST", GUEST), ("U0LEFT", DEACTIVATED)):
            stored = refusal and refusal.to_json()
            session.add(Account(id=name, name=name, language="en", refusal=stored))
        outsiders.record(session, ADA, NOW)
        reads_mail(session, "U0ALICE", "U0GUEST", "U0LEFT", "U0AWAY", "okta:00u1", "okta:00u2")

    with database.begin() as session:
        jobs.prune_daily(session, NOW - timedelta(days=1))
        jobs.prune_daily(session, NOW)

    assert told_by_mail(database) == {"U0ALICE", "U0GUEST", "U0AWAY", "okta:00u1"}
    with database.begin() as session:
        jobs.prune_daily(session, NOW + timedelta(days=31))
    assert told_by_mail(database) == {"U0ALICE", "U0GUEST", "U0AWAY"}


def test_requests_go_after_a_month_and_refused_addresses_after_a_year(database: Database) -> None:
    with database.begin() as session:
        session.add(MailBounce(address="a@example.com", reason="550", bounced_at=NOW))
        request = {"address": "b@example.com", "nonce": "x", "made_at": NOW}
        session.add(MailRequest(account_id="U0ALICE", **request))
    for days, left in ((29, (1, 1)), (31, (0, 1)), (366, (0, 0))):
        with database.begin() as session:
            choices.prune(session, NOW + timedelta(days=days))
            found = tuple(len(session.scalars(select(t)).all()) for t in (MailRequest, MailBounce))
        assert found == left


def nobody(people: set[str]) -> str:
    """The number that stands for a person who is forgotten."""
    (person,) = (each for each in people if each.startswith("forgotten:"))
    return person.partition(":")[2]


def tables_with(database: Database, sought: str) -> set[str]:
    """The tables in which a pattern is found anywhere."""
    with database.reading() as session:
        return {
            table.name
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(*(cast(c, String) for c in table.columns)))
            if re.search(sought, str(row))
        }


@pytest.mark.postgresql
@pytest.mark.parametrize("person", ["U0LEFT", "okta:00u1"])
def test_who_is_forgotten_is_named_nowhere_and_the_history_stays(
    database: Database, person: str
) -> None:
    author = AUTHOR if person == "okta:00u1" else person
    register(database, "C02AAA", "C02BBB", by=author, at=NOW)
    register(database, "C02CCC", by="U0LEFTIES", at=NOW)
    with database.begin() as session:
        act = session.scalars(select(Operation.id).order_by(Operation.id)).first()
        assert act is not None
        undo(session, act, by=author, at=NOW)
        if author == AUTHOR:
            outsiders.record(session, ADA, NOW)
        else:
            left = {"name": "Ada Lovelace", "language": "en", "refusal": DEACTIVATED.to_json()}
            session.add(Account(id=person, **left))
        sessions.begin(session, person, "okta", "Firefox", NOW)
        tokens.make(session, TokenRequest("desk", (READ,)), made_by=author, at=NOW)
        reads_mail(session, person, "U0ALICE")
        session.add(MailStop(address=f"{person.lower()}@example.com", kind="all", stopped_at=NOW))
    with database.reading() as session:
        kept = {(each.table, each.column): each.number for each in people.kept(session, person)}
    assert kept["registrations", "registered_by"] == 2
    assert kept["events", "by"] >= 2

    assert people.forget(database, person, NOW) >= sum(kept.values())

    named = rf"{re.escape(person)}\b|Ada Lovelace|{re.escape(person.lower())}@example.com"
    assert tables_with(database, named) == set()
    with database.reading() as session:
        assert people.kept(session, person) == []
        assert len(people.kept(session, "U0LEFTIES")) > 0
        assert session.scalars(select(BrowserSession)).all() == []
        assert [token.is_open(NOW) for token in tokens.listed(session)] == [False]
        by = {*session.scalars(select(Registration.registered_by))}
    assert [shown(each) for each in by - {"U0LEFTIES"}] == [f"{nobody(by)} (forgotten)"]
    assert told_by_mail(database) == {"U0ALICE"}


def test_an_address_that_somebody_else_reads_stays_stopped(database: Database) -> None:
    """Or what was stopped there would begin again."""
    with database.begin() as session:
        for person in ("U0LEFT", "U0ALICE"):
            choice = MailChoice(account_id=person, address="Desk@example.com")
            choice.confirmed_at = NOW
            session.add(choice)
        session.add(MailStop(address="desk@example.com", kind="all", stopped_at=NOW))

    people.forget(database, "U0LEFT", NOW)

    with database.reading() as session:
        assert session.scalars(select(MailStop.address)).all() == ["desk@example.com"]


def test_who_may_still_use_rollcall_and_whose_webhooks_go_on_is_not_forgotten(
    database: Database,
) -> None:
    with database.begin() as session:
        session.add(Account(id="U0ALICE", name="Alice", language="en", refusal=None))
        hooks.make(session, "https://example.com", by="U0LEFT", at=NOW)
        reads_mail(session, "U0ALICE", "U0LEFT")

    for person, error, told in (
        ("U0ALICE", people.StillHere, "deactivate them first"),
        ("U0LEFT", people.StillSending, "made webhooks that go on: 1"),
        ("U0NOBODY", people.UnknownPerson, "No row names U0NOBODY"),
    ):
        with pytest.raises(error, match=told):
            people.forget(database, person, NOW)
    assert told_by_mail(database) == {"U0ALICE", "U0LEFT"}


def test_what_is_known_of_an_address_stays_where_it_may_be_of_others(database: Database) -> None:
    """One that nobody confirmed may be that of a stranger, who wants no more mail."""
    kept = ("shared@example.com", "stranger@example.com")
    with database.begin() as session:
        for person, address in (("U0LEFT", "Shared@example.com"), ("U0ALICE", kept[0])):
            session.add(MailChoice(account_id=person, address=address, confirmed_at=NOW))
        for address, used_at in ((kept[1], None), ("Old@example.com", NOW)):
            request = MailRequest(account_id="U0LEFT", address=address, nonce=address, made_at=NOW)
            request.used_at = used_at
            session.add(request)
        for address in (*kept, "old@example.com"):
            session.add(MailStop(address=address, kind="all", stopped_at=NOW))
            session.add(MailBounce(address=address, reason="550", bounced_at=NOW))

    people.forget(database, "U0LEFT", NOW)

    with database.reading() as session:
        assert {*session.scalars(select(MailStop.address))} == {*kept}
        assert {*session.scalars(select(MailBounce.address))} == {*kept}
        assert session.scalars(select(MailRequest)).all() == []


def test_messages_to_who_is_forgotten_stay_and_all_else_that_they_did_names_nobody(
    database: Database,
) -> None:
    with database.begin() as session:
        hook = hooks.make(session, "https://example.com", by="U0LEFT", at=NOW)
        hooks.end(session, hook.id, by="U0LEFT", reason="", at=NOW)
        outbox.enqueue_message(session, "answer", channel="U0LEFT", payload={}, at=NOW)

    register(database, *(f"C02A{number}" for number in range(people.BATCH_SIZE + 1)), by="U0LEFT")

    people.forget(database, "U0LEFT", NOW)

    with database.reading() as session:
        kept = [(each.table, each.column) for each in people.kept(session, "U0LEFT")]
        made_by = session.scalars(select(Webhook.made_by)).one()
    assert kept == [("notifications", "channel")]
    assert made_by.startswith("forgotten:")


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "typed", ["", "adopted", "boot.sh", "u0left", "okta:00U1", "okta:00u1 Ada", "okta:00u", "U0LE"]
)
def test_what_is_no_id_of_a_person_forgets_nobody(database: Database, typed: str) -> None:
    """Macs that were adopted name nobody, and the ids of some providers differ by case alone."""
    for number, by in enumerate(("", "adopted", "boot.sh", "U0LEFT", AUTHOR, "okta:00u1 Ada")):
        register(database, f"C02AA{number}", by=by, at=NOW)
    with database.reading() as session:
        before = [*session.scalars(select(Registration.registered_by).order_by(Registration.id))]

    with pytest.raises(people.UnknownPerson, match="type the ID as Slack"):
        people.forget(database, typed, NOW)

    with database.reading() as session:
        after = [*session.scalars(select(Registration.registered_by).order_by(Registration.id))]
    assert after == before


def test_each_column_that_names_people_is_looked_at() -> None:
    """A column of a new table has one of the names by which it is known, or is listed here."""
    looked_at = {*people.columns()}
    text = {
        f"{column.table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column not in looked_at and re.search("account|person|user|owner|author", column.name)
    }
    assert text == set()
