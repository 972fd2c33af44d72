"""A Mac that fell silent is told once, and not at night."""

from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.munki import Destination, MunkiRepo
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial
from tests.fakes.slack import Workspace
from tests.provisioning.firstboot.stalls.conftest import Told
from tests.provisioning.firstboot.stalls.silence import EVENING, MORNING, Floor
from tests.support import acting
from tests.support.acting import did
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.soaking import rows_in_soak


@pytest.mark.postgresql(soak=True)
def test_a_silent_mac_is_told_once_in_its_cards_thread_with_its_last_words(
    floor: Floor, clock: Clock, slack: Workspace, told: Told
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
    assert ": stalled" in card.text


def test_a_mac_that_says_something_at_this_moment_holds_up_no_job_runner(
    postgresql_url: str, repo: MunkiRepo, clock: Clock
) -> None:
    clock.now = EVENING
    impatient = f"{postgresql_url}?options=-clock_timeout%3D50ms"
    with closing(Database(postgresql_url)) as other, closing(Database(impatient)) as database:
        floor = Floor(database, repo, clock)
        floor.registers("C02AAA", "C02BBB")
        floor.says("C02AAA")
        floor.says("C02BBB")
        clock.advance(minutes=26)
        with other.begin() as speaking:
            mac = update(Registration).where(Registration.serial == "C02AAA")
            speaking.execute(mac.values(heard_at=clock()))
            assert floor.notices() == 1
        assert floor.notices() == 0


def test_a_new_word_ends_it_and_the_next_silence_is_told_again(
    floor: Floor, clock: Clock, slack: Workspace, told: Told
) -> None:
    floor.registers("C02AAA")
    floor.says("C02AAA")
    clock.advance(minutes=26)
    floor.notices()
    assert len(told()) == 1
    floor.says("C02AAA")
    assert len(told()) == 1
    assert ": imaging" in slack.channels[CHANNEL].messages[0].text
    clock.advance(minutes=26)
    floor.notices()

    assert len(told()) == 2
    assert ": stalled" in slack.channels[CHANNEL].messages[0].text


@pytest.mark.postgresql(soak=True)
def test_at_night_nobody_is_mentioned_before_the_morning_but_the_card_says_it(
    floor: Floor, clock: Clock, slack: Workspace, told: Told
) -> None:
    clock.now = EVENING
    floor.registers("C02AAA")
    floor.says("C02AAA")
    clock.advance(minutes=26)
    floor.notices()
    assert told() == []
    assert ": stalled" in slack.channels[CHANNEL].messages[0].text
    clock.now = MORNING - timedelta(minutes=2)
    assert told() == []
    clock.now = MORNING

    assert len(told()) == 1


@rows_in_soak("one that was confirmed is none that waits either", "failed", "cancelled", "moved")
@pytest.mark.parametrize("meanwhile", ["word", "confirmed", "failed", "cancelled", "moved"])
def test_what_does_not_hold_in_the_morning_is_not_said(
    floor: Floor, clock: Clock, database: Database, told: Told, meanwhile: str
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
                acting.move(session, serial, Destination("paris", "basic"), act=act)
        case _:
            acting.cancel_now(database, "C02AAA", by="U0BOB", at=clock())
    clock.now = MORNING

    assert told() == []
    assert floor.owed() == 0
