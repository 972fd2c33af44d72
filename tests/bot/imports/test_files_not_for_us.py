"""Files and words that are not meant for Rollcall: silence, unless somebody asks."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.imports.models import Import
from provisioning.outbox.models import Notification
from tests.bot.imports.conftest import Answer, Work, in_thread
from tests.bot.imports.test_dropped_files import LIST
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.inputs import labels
from tests.support.installation import CHANNEL

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


def test_serials_beside_a_file_count_where_the_message_is_meant_for_us(
    alice: Person, slack: Workspace, answer: Answer
) -> None:
    """People talk of Macs in a channel, and show something else."""
    beside = "not C02ZM2RXMWEP, which is sold"
    meant = alice.drop(alice.dm.id, ("macs.csv", LIST), text="and C02ZM2RXMWEP")
    overheard = alice.drop(CHANNEL, ("macs.csv", LIST), text=beside)
    ours = answer(meant)

    assert "C02ZM2RXMWEP" in readable(ours)
    (shown,) = in_thread(slack, overheard)
    assert "C02XG0FDJGH5" in readable(shown)
    assert "C02ZM2RXMWEP" not in readable(shown)


NO_SERIALS = (
    ("lunch.jpg", labels.encoded(labels.noise(0.1))),
    ("lunch.heic", b"not even a picture"),
    ("notes.txt", b"Lunch is at 12, C02 is a gas. Ask Bob (serial?)."),
    ("figures.csv", b"month,sum\nMay,1200\n"),
    ("agenda.pdf", b"%PDF-1.4"),
)


def test_a_file_that_holds_no_serial_gets_no_answer_unless_it_is_meant_for_us(
    alice: Person, slack: Workspace, work_all: Work
) -> None:
    silent = [alice.drop(CHANNEL, file) for file in NO_SERIALS]
    please = f"<@{slack.app.bot_user_id}> please"
    mentioned = alice.drop(CHANNEL, NO_SERIALS[-1], text=please)
    unreadable, without_serial = NO_SERIALS[1:3]
    to_us = [alice.drop(alice.dm.id, file) for file in (unreadable, without_serial)]
    work_all()

    assert [in_thread(slack, each) for each in silent] == [[]] * len(NO_SERIALS)
    for meant in (mentioned, *to_us):
        (shown,) = in_thread(slack, meant)
        assert "Nothing here can be registered as it is" in readable(shown)
    (shown,) = in_thread(slack, to_us[-1])
    assert "• `notes.txt`: there is no serial in it" in readable(shown)


def test_a_list_of_doubtful_serials_gets_an_answer_where_it_says_the_places_of_macs(
    alice: Person, slack: Workspace, work_all: Work
) -> None:
    """Each has a character too few: a silence would leave the person with nothing to mend."""
    rows = "C02XG0FDJG,{0}\nC02YK1QWLV,{0}\n"
    placed = alice.drop(CHANNEL, ("macs.csv", rows.format("london,design").encode()))
    noted = alice.drop(CHANNEL, ("notes.csv", rows.format("lunch,at 12").encode()))
    work_all()

    (shown,) = in_thread(slack, placed)
    assert "*Doubtful (check them against the Macs): 2*" in readable(shown)
    assert in_thread(slack, noted) == []


def test_a_guest_is_refused_where_they_ask_us_and_passed_over_elsewhere(
    slack: Workspace, database: Database, work_all: Work
) -> None:
    guest = slack.person("U0GUEST", guest=True)
    passed = guest.drop(CHANNEL, ("macs.csv", LIST))
    asked = guest.drop(guest.dm.id, ("macs.csv", LIST))
    work_all()

    assert in_thread(slack, passed) == in_thread(slack, asked) == []
    assert "you are a guest" in readable(slack.channels[guest.dm.id].messages[-1])
    with database.reading() as session:
        assert session.scalars(select(Import)).all() == []


def test_what_people_write_to_each_other_is_acknowledged_and_nothing_else(
    alice: Person, slack: Workspace, database: Database, work_all: Work
) -> None:
    for text in ("C02XG0FDJGH5 C02YK1QWLVDN london design", "hello"):
        alice.say(CHANNEL, text)
    work_all()

    assert [sent for sent in slack.events.sent if sent.answers[0].status != 200] == []
    with database.reading() as session:
        assert session.scalars(select(Notification)).all() == []


def test_our_own_files_are_not_read(
    alice: Person, slack: Workspace, database: Database, work_all: Work
) -> None:
    slack.echo()
    alice.slash("/mac", "template", channel=CHANNEL)
    work_all()

    (sent,) = slack.channels[alice.dm.id].messages
    assert [file.name.startswith("macs-") for file in sent.files] == [True]
    assert b"Serial,Site,Build,Note" in sent.files[0].content
    assert b"london" in sent.files[0].content
    with database.reading() as session:
        assert session.scalars(select(Import)).all() == []
