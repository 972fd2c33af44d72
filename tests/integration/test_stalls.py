"""Macs that fall silent: whoever registered them is mentioned once, and not at night."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from provisioning import acts, deliveries, progress, registrations, reminders, reports, stalls
from provisioning.database import Database
from provisioning.models import Registration
from provisioning.munki import Destination, MunkiRepo
from provisioning.policy import Policy
from provisioning.progress import Said
from provisioning.reports import Report
from provisioning.serials import Serial, parse_all
from tests.integration.conftest import Clock
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tests.support.slack import Workspace
from tests.support.slack.messages import Message

OTHER = "C0PARIS"
POLICY = Policy.model_validate(
    {
        "stall": {"imaging": 25},
        "sites": {
            "london": {"timezone": "Europe/London", "quiet": ["19:00-07:30"]},
            "paris": {"channel": OTHER},
        },
    }
)
EVENING = datetime(2030, 1, 7, 18, 50, tzinfo=UTC)  # a Monday
MORNING = datetime(2030, 1, 8, 7, 30, tzinfo=UTC)


class Floor:
    """What happens on the imaging floor, at the time of the clock."""

    def __init__(self, database: Database, repo: MunkiRepo, clock: Clock) -> None:
        self._database = database
        self._repo = repo
        self._clock = clock

    def registers(self, *serials: str, by: str = "U0ALICE", site: str = "london") -> None:
        with self._database.begin() as session:
            registrations.register(
                session,
                parse_all(serials),
                Destination(site, "design"),
                act=did(session, "registered", by=by, at=self._clock()),
                channel=CHANNEL,
            )

    def says(self, serial: str, message: str = "Restoring DMG: x", status: str = "") -> None:
        with self._database.begin() as session:
            known = reports.known(session, Serial.parse(serial))
            assert known
            report = Report.parse(serial, status or "in_progress", message)
            change = reports.change(known, report, self._clock())
            if change:
                reports.record(session, change)

    def confirms(self, text: str, said: Said | None = None) -> None:
        serial = Serial.parse(text)
        with self._database.begin() as session:
            plan = progress.plan(session, self._repo, serial, said)
            with self._repo.holding(serial):
                written = self._repo.assign(serial, plan.destination)
            progress.confirm(session, plan, written, channel=CHANNEL, at=self._clock())

    def notices(self) -> int:
        with self._database.begin() as session:
            return stalls.notice(session, POLICY, channel=CHANNEL, now=self._clock())

    def remind(self, serial: str, user: str, due_at: datetime) -> bool:
        with self._database.begin() as session:
            mac = registrations.opened(session, Serial.parse(serial))
            return reminders.remind(session, mac, user, due_at, at=self._clock())

    def mac(self, serial: str) -> Registration:
        with self._database.reading() as session:
            return registrations.opened(session, Serial.parse(serial))

    def owed(self) -> int:
        with self._database.reading() as session:
            return deliveries.owed(session)


@pytest.fixture
def floor(database: Database, repo: MunkiRepo, clock: Clock, slack: Workspace) -> Floor:
    """A Monday at noon, for as long as the test wants."""
    clock.now = EVENING.replace(hour=12)
    slack.add_channel(OTHER, name="paris")
    slack.pace.rate = None  # Slack's clock is not the test's
    return Floor(database, repo, clock)


@pytest.fixture
def told(slack: Workspace, deliver_all: Callable[[], None]) -> Callable[..., list[Message]]:
    """What the channel reads of silent Macs, once everything that is due was delivered."""

    def read(channel: str = CHANNEL) -> list[Message]:
        deliver_all()
        return [it for it in slack.channels[channel].messages if "fell silent" in it.text]

    return read


def test_a_silent_mac_is_told_once_in_its_cards_thread_with_its_last_words(
    floor: Floor, clock: Clock, slack: Workspace, told: Callable[..., list[Message]]
) -> None:
    floor.registers("C02AAA")
    floor.says("C02AAA", "Restoring DMG: <http://x|y>")
    heard = clock()
    clock.advance(minutes=24)
    assert floor.notices() == 0
    clock.advance(minutes=2)
    assert [floor.notices(), floor.notices()] == [1, 0]

    [message] = told()
    card = slack.channels[CHANNEL].messages[0]
    said = message.blocks[0]["text"]["text"]
    assert message.thread_ts == card.ts
    assert said.startswith(":hourglass: <@U0ALICE>, a Mac of yours fell silent")
    assert f"<!date^{int(heard.timestamp())}^" in said
    assert "Restoring DMG: &lt;http://x|y&gt;" in said
    assert "1 stalled" in card.text


def test_a_new_word_ends_it_and_the_next_silence_is_told_again(
    floor: Floor, clock: Clock, slack: Workspace, told: Callable[..., list[Message]]
) -> None:
    floor.registers("C02AAA")
    floor.says("C02AAA")
    clock.advance(minutes=26)
    floor.notices()
    assert len(told()) == 1
    floor.says("C02AAA")
    assert len(told()) == 1
    assert "1 imaging" in slack.channels[CHANNEL].messages[0].text
    clock.advance(minutes=26)
    floor.notices()

    assert len(told()) == 2


def test_at_night_nobody_is_mentioned_before_the_morning_but_the_card_says_it(
    floor: Floor, clock: Clock, slack: Workspace, told: Callable[..., list[Message]]
) -> None:
    clock.now = EVENING
    floor.registers("C02AAA")
    floor.says("C02AAA")
    clock.advance(minutes=26)
    floor.notices()
    assert told() == []
    assert "1 stalled" in slack.channels[CHANNEL].messages[0].text
    clock.now = MORNING - timedelta(minutes=2)
    assert told() == []
    clock.now = MORNING

    assert len(told()) == 1


@pytest.mark.parametrize("meanwhile", ["word", "confirmed", "failed", "cancelled", "moved"])
def test_what_does_not_hold_in_the_morning_is_not_said(
    floor: Floor,
    clock: Clock,
    database: Database,
    told: Callable[..., list[Message]],
    meanwhile: str,
) -> None:
    clock.now = EVENING
    floor.registers("C02AAA")
    floor.says("C02AAA")
    clock.advance(minutes=26)
    floor.notices()
    clock.advance(hours=1)
    match meanwhile:
        case "word":
            floor.says("C02AAA")
        case "failed":
            floor.says("C02AAA", "boo", "error")
        case "confirmed":
            floor.confirms("C02AAA")
        case "moved":
            with database.begin() as session:
                act = did(session, "moved", by="U0BOB", at=clock())
                serial = Serial.parse("C02AAA")
                registrations.reassign(session, serial, Destination("paris", "basic"), act=act)
        case _:
            with database.begin() as session:
                act = did(session, "cancelled", by="U0BOB", at=clock())
                registrations.cancel(session, Serial.parse("C02AAA"), act=act)
    clock.now = MORNING

    assert told() == []
    assert floor.owed() == 0


def test_the_macs_of_one_card_are_told_together_and_those_heard_since_left_out(
    floor: Floor, clock: Clock, told: Callable[..., list[Message]]
) -> None:
    clock.now = EVENING
    floor.registers("C02AAA", "C02BBB", "C02CCC")
    for serial in ("C02AAA", "C02BBB", "C02CCC"):
        floor.says(serial)
    clock.advance(minutes=26)
    assert floor.notices() == 3
    floor.says("C02BBB")
    clock.now = MORNING

    [message] = told()
    assert "2 Macs of yours" in message.text
    assert "C02BBB" not in str(message.blocks)


def test_everybody_is_told_of_their_own_macs(
    floor: Floor, clock: Clock, told: Callable[..., list[Message]]
) -> None:
    floor.registers("C02AAA")
    floor.registers("C02BBB", by="U0BOB")
    for serial in ("C02AAA", "C02BBB"):
        floor.says(serial)
    clock.advance(minutes=26)
    floor.notices()

    assert [("U0ALICE" in it.text, "U0BOB" in it.text) for it in told()] == [
        (True, False),
        (False, True),
    ]


def test_a_mac_that_nobody_registered_is_told_to_its_sites_channel_without_a_mention(
    floor: Floor, clock: Clock, told: Callable[..., list[Message]]
) -> None:
    floor.confirms("C02AAA", Said("paris", "design"))
    floor.says("C02AAA", "Preparing to run workflow Basic...")
    clock.advance(minutes=26)
    floor.notices()

    [message] = told(OTHER)
    assert "A Mac that nobody registered" in message.text
    assert "<@" not in str(message.blocks)


def test_macs_that_wait_failed_or_are_done_do_not_stall(floor: Floor, clock: Clock) -> None:
    floor.registers("C02AAA", "C02BBB", "C02CCC")
    floor.says("C02BBB", "boo", "error")
    floor.says("C02CCC")
    floor.confirms("C02CCC")
    clock.advance(days=2)

    assert floor.notices() == 0


def test_a_mac_that_undo_sent_back_to_being_imaged_is_missed_too(
    floor: Floor, clock: Clock, database: Database
) -> None:
    floor.registers("C02AAA")
    floor.says("C02AAA")
    with database.begin() as session:
        act = did(session, "moved", by="U0BOB", at=clock())
        destination = Destination("paris", "basic")
        registrations.reassign(session, Serial.parse("C02AAA"), destination, act=act)
    with database.begin() as session:
        acts.undo(session, act.id, by="U0BOB", via="button", at=clock())
    assert floor.mac("C02AAA").state == "imaging"
    clock.advance(minutes=26)

    assert floor.notices() == 1


# Being reminded


def test_who_wants_to_be_reminded_gets_a_direct_message_at_that_time(
    floor: Floor, clock: Clock, slack: Workspace, deliver_all: Callable[[], None]
) -> None:
    slack.person("U0BOB", name="bob")
    floor.registers("C02AAA")
    floor.says("C02AAA", "Localizing Mac")
    due_at = clock() + timedelta(hours=2)
    assert [floor.remind("C02AAA", "U0BOB", due_at) for _ in range(2)] == [True, False]
    deliver_all()
    assert "D0BOB" not in slack.channels or not slack.channels["D0BOB"].messages
    clock.now = due_at
    deliver_all()

    [message] = slack.channels["D0BOB"].messages
    assert "`C02AAA`: it is not confirmed yet" in message.text
    assert "Localizing Mac" in str(message.blocks)


def test_nobody_is_reminded_of_a_mac_that_is_done(
    floor: Floor, clock: Clock, slack: Workspace, deliver_all: Callable[[], None]
) -> None:
    slack.person("U0BOB", name="bob")
    floor.registers("C02AAA")
    floor.remind("C02AAA", "U0BOB", clock() + timedelta(hours=2))
    floor.confirms("C02AAA")
    clock.advance(hours=3)
    deliver_all()

    assert "D0BOB" not in slack.channels or not slack.channels["D0BOB"].messages
    assert floor.owed() == 0
