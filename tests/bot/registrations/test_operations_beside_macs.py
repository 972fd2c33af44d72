"""Operations on many Macs while these boot, on a database with many writers."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dependencies import BotDependencies
from bot.registrations.windows import bulk
from bot.registrations.windows.blocks import WindowSelection
from bot.slack.users import SlackUsers
from infrastructure.database.engine import Database
from provisioning.access.tokens import Tokens
from provisioning.clients.scripts import Scripts
from provisioning.diagnostics.previews.previewer import Previewer
from provisioning.firstboot import placement
from provisioning.firstboot.confirmation import Confirmation
from provisioning.munki import Destination, MunkiRepo, WriteResult
from provisioning.outbox.models import Card
from provisioning.policy import PolicyFile
from provisioning.registrations import operations, register
from provisioning.registrations.models import CONFIRMED, Event, Registration
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.acting import did
from tests.support.acting import undo as undo_act

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONDON, PARIS = Destination("london", "design"), Destination("paris", "basic")
MAC = Serial("C02AAA")


pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def dependencies(database: Database, repo: MunkiRepo) -> BotDependencies:
    """A dependencies where everybody may do everything, so that Slack is asked nothing."""
    return BotDependencies(
        database,
        repo,
        channel="C1",
        command="/mac",
        policy=PolicyFile(None),
        members=SlackUsers(WebClient(token="xoxb-none")),
        previewer=Previewer(repo, Scripts("http://mac.lan", Tokens("k" * 32, timedelta(hours=1)))),
    )


@pytest.fixture
def act_id(database: Database) -> int:
    """The act that registered two Macs."""
    with database.begin() as session:
        act = did(session, "registered", by="U0ALICE", at=NOON)
        register.register(
            session,
            [Serial.parse(text) for text in ["C02AAA", "C02BBB"]],
            LONDON,
            operation=act,
            channel="C1",
        )
        return act.id


def confirm(database: Database, repo: MunkiRepo, serial: Serial = MAC) -> None:
    with database.reading() as session:
        mac = placement.place(session, repo.now(), serial, None)
    confirmation = Confirmation(mac, WriteResult(changed=False, digest="0"), NOON)
    database.run_shared(lambda session: confirmation.record(session, "C1"))


def states(database: Database) -> dict[str, str]:
    with database.reading() as session:
        rows = session.execute(select(Registration.serial, Registration.state))
        return dict(rows.all())


def test_a_mac_that_is_confirmed_while_it_is_moved_waits_again(
    database: Database, repo: MunkiRepo, act_id: int
) -> None:
    with database.begin() as session:
        chosen = session.scalars(select(Registration)).all()  # of a card
        confirm(database, repo)
        act = did(session, "moved", by="U0ALICE", at=NOON)
        acting.move(session, MAC, PARIS, act=act)
        del chosen

    with database.reading() as session:
        mac = session.scalars(select(Registration).where(Registration.serial == MAC.key)).one()
        moved = session.scalars(select(Event).where(Event.what == "moved")).one()
    assert (mac.site, mac.state, mac.confirmed_at) == ("paris", "waiting", None)
    assert moved.before is not None
    assert moved.before["state"] == CONFIRMED


def test_who_cancels_what_is_not_done_spares_a_mac_that_is_confirmed_just_then(
    database: Database, repo: MunkiRepo, act_id: int, dependencies: BotDependencies
) -> None:
    with database.reading() as session:
        card_id = session.scalars(select(Card.id)).one()

    def cancel() -> None:
        subject = WindowSelection("cancel", card=card_id)
        bulk.apply(subject, [], dependencies.principal("U0ALICE", "card"))

    with Session(database.engine) as session, session.begin():
        mac = placement.place(session, repo.now(), MAC, None)
        Confirmation(mac, WriteResult(changed=False, digest="0"), NOON).record(session, "C1")
        cancelling = Thread(target=cancel)
        cancelling.start()
        cancelling.join(timeout=1)  # it waits for the Mac, which is being confirmed
    cancelling.join()

    assert states(database) == {"C02AAA": "confirmed", "C02BBB": "cancelled"}


def test_a_mac_that_is_confirmed_while_an_act_is_undone_is_left_alone(
    database: Database, repo: MunkiRepo, act_id: int
) -> None:
    undone: list[operations.UndoResult] = []

    def undo() -> None:
        with database.begin() as session:
            at = NOON + timedelta(minutes=1)
            undone.append(undo_act(session, act_id, by="U0ALICE", at=at))

    with Session(database.engine) as session, session.begin():
        mac = placement.place(session, repo.now(), MAC, None)
        Confirmation(mac, WriteResult(changed=False, digest="0"), NOON).record(session, "C1")
        undoing = Thread(target=undo)
        undoing.start()
        undoing.join(timeout=1)  # it waits for the Mac, which is being confirmed
    undoing.join()

    assert [mac.serial for mac in undone[0].left] == ["C02AAA"]
    assert states(database) == {"C02AAA": "confirmed", "C02BBB": "cancelled"}
