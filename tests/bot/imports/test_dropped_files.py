"""Files that people drop: read one by one, shown in their thread; silence where not meant."""

import csv
import io
import random
import re

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.imports.pasting import source_of
from infrastructure.database.engine import Database
from infrastructure.jobs.models import Job
from infrastructure.jobs.runner import JobRunner
from provisioning.imports.models import Import
from provisioning.imports.sources import OTHER, TABLE
from tests.bot.imports.conftest import Answer, Registered, Work, in_thread
from tests.fakes.slack import NotThere, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.files import MAIL
from tests.support.inputs import labels
from tests.support.installation import CHANNEL
from tests.support.soaking import SOAK, soak_only
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


LIST = b"Serial,Site,Build\nC02XG0FDJGH5,london,design\nC02YK1QWLVDN,paris,kiosk\n"
LINES = 5000 if SOAK else 300


def told(person: Person) -> str:
    """The texts that this person alone was shown so far."""
    return "\n".join(map(readable, person.ephemerals))


def photo(*serials: str) -> bytes:
    """A photo of the labels on the boxes of these Macs."""
    rng = random.Random(1)
    boxes = [labels.Label.invent(rng, serial=serial) for serial in serials]
    return labels.encoded(labels.photo(boxes, megapixels=1))


def test_a_list_dropped_into_a_channel_is_shown_in_its_thread_and_registered_there(
    alice: Person, bob: Person, registered: Registered, work_all: Work, answer: Answer
) -> None:
    shown = answer(alice.drop(CHANNEL, ("new macs.csv", LIST)))

    assert "*2 Macs can be registered.*" in readable(shown)
    assert "line 2" in readable(shown)
    bob.click(shown, "import")
    eventually(lambda: "Registered 2 Macs." in told(bob))
    work_all()
    assert "Registered 2 Macs: by <@U0BOB>" in readable(shown)
    with pytest.raises(NotThere):
        alice.click(shown, "import")
    assert [mac[:3] for mac in registered()] == [
        ("C02XG0FDJGH5", "london", "design"),
        ("C02YK1QWLVDN", "paris", "kiosk"),
    ]
    bob.click(bob.ephemerals[-1], "undo")
    eventually(lambda: "Undone" in told(bob))
    work_all()
    assert "Undone by <@U0BOB>" in readable(shown)


def test_a_retried_event_makes_one_import(
    alice: Person, slack: Workspace, database: Database, work_all: Work
) -> None:
    dropped = alice.drop(CHANNEL, ("macs.csv", LIST))
    with capture_logs() as lines:
        slack.redeliver()
        work_all()
        slack.redeliver()
        work_all()

    assert len(in_thread(slack, dropped)) == 1
    assert "error answered" not in [line["event"] for line in lines]
    with database.reading() as session:
        assert len(session.scalars(select(Import)).all()) == 1


def test_a_photo_of_a_label_is_read_and_its_place_chosen_in_the_thread(
    alice: Person, registered: Registered, work_all: Work, answer: Answer
) -> None:
    shown = answer(alice.drop(CHANNEL, ("IMG1.jpg", photo("C02XG0FDJGH5")), text="London, shelf 4"))

    assert "`C02XG0FDJGH5` (IMG1.jpg)" in readable(shown)
    assert "names no build" in readable(shown)
    alice.select(shown, "import_build", "design")
    work_all()
    alice.click(shown, "import")
    eventually(lambda: len(registered()) == 1)
    assert registered()[0][:3] == ("C02XG0FDJGH5", "london", "design")


def test_a_label_whose_serial_cannot_be_read_is_told_beside_the_others(
    alice: Person, answer: Answer
) -> None:
    shown = answer(alice.drop(alice.dm.id, ("pile.jpg", photo("C02XG0FDJGH5", "TORN"))))

    assert "`C02XG0FDJGH5` (pile.jpg)" in readable(shown)
    assert "1 or more other labels whose serial cannot be read" in readable(shown)


def test_a_file_that_is_passed_on_to_us_is_read(
    alice: Person, bob: Person, slack: Workspace, work_all: Work
) -> None:
    dropped = bob.drop(CHANNEL, ("figures.csv", b"month,sum\nMay,1200\n"), ("macs.csv", LIST))
    passed_on = alice.pass_on(dropped, alice.dm.id)
    elsewhere = alice.pass_on(dropped, CHANNEL, "have you seen these?")
    work_all()

    assert in_thread(slack, elsewhere) == []
    (ours,) = in_thread(slack, passed_on)
    assert "*2 Macs can be registered.*" in readable(ours)


def test_a_mail_that_was_sent_to_slack_is_read_where_a_person_passes_it_on(
    alice: Person, answer: Answer
) -> None:
    """Slack keeps the text of a mail, and tells it when it is asked for the file."""
    text = b"Your order has shipped.\nSerial number: C02XG0FDJGH5\nfor London, design"
    mailed = alice.drop(alice.dm.id, ("Fwd: Your order", text, MAIL))
    ours = answer(mailed)

    assert "1 Mac for *london* / *design*" in readable(ours)
    assert "`C02XG0FDJGH5`" in readable(ours)


def test_a_file_is_what_it_holds_whatever_its_name_says(alice: Person, answer: Answer) -> None:
    shown = answer(
        alice.drop(
            alice.dm.id,
            ("page.xls", b"<table><tr><td>Serial</td></tr><tr><td>C02XG0FDJGH5</td></tr></table>"),
            ("tabs.xls", b"Serial\tSite\nC02YK1QWLVDN\tlondon\n"),
            (
                "mac.plist",
                b"<plist><dict><key>serial</key><string>C02ZM2RXMWEP</string></dict></plist>",
            ),
            ("formatted.prn", b"Serial        Site\nC02WH9EVHGF3  london\n"),
        )
    )

    assert re.findall(r"`(C02\w+)` \((\w+\.\w+)", readable(shown)) == [
        ("C02XG0FDJGH5", "page.xls"),
        ("C02YK1QWLVDN", "tabs.xls"),
        ("C02ZM2RXMWEP", "mac.plist"),
        ("C02WH9EVHGF3", "formatted.prn"),
    ]


def test_a_snippet_is_a_text_whatever_language_slack_takes_it_for() -> None:
    file = {"name": "Untitled.sh", "filetype": "shell", "mode": "snippet", "size": 12}

    assert source_of(file)["kind"] == TABLE
    assert source_of({**file, "mode": "hosted"})["kind"] == OTHER


def test_each_file_that_cannot_be_read_is_a_line_that_says_what_to_do(
    alice: Person, answer: Answer
) -> None:
    shown = answer(
        alice.drop(
            alice.dm.id,
            ("good.csv", LIST),
            ("cut.jpg", photo("C02XG0FDJGH5")[:2000]),
            ("really a.pdf.csv", b"%PDF-1.4 nothing"),
            ("letter.docx", b"PK\x03\x04"),
            ("macs.yaml", b"serial: none"),
            ("macs.numbers", b"PK\x03\x04"),
        )
    )

    text = readable(shown)
    assert "*2 Macs can be registered.*" in text
    assert "*Cannot be read: 5*" in text
    assert "export it as CSV or for Excel" in text
    for name in ("cut.jpg", "really a.pdf.csv", "letter.docx", "macs.yaml"):
        assert f"`{name}`" in text
    assert "copy its text and paste it" in text
    assert "Rollcall reads CSV and Excel" in text


def test_a_job_runner_that_dies_over_a_file_leaves_it_to_the_next_one(
    alice: Person, slack: Workspace, database: Database, runner: JobRunner, answer: Answer
) -> None:
    dropped = alice.drop(CHANNEL, ("macs.csv", LIST))
    slack.faults.fail(methods=("url_private",))
    assert runner.work()
    with database.begin() as session:
        job = session.scalars(select(Job)).one()
        assert job.attempts == 1
        job.due_at = job.due_at.replace(year=2020)
    shown = answer(dropped)

    assert "*2 Macs can be registered.*" in readable(shown)


@pytest.mark.postgresql(instead=True)
def test_without_the_scope_or_the_channel_the_mend_is_told(
    alice: Person, slack: Workspace, answer: Answer
) -> None:
    object.__setattr__(slack.app, "scopes", slack.app.scopes - {"files:read"})
    shown = answer(alice.drop(alice.dm.id, ("macs.csv", LIST)))

    assert "invite the bot to the channel, or have whoever runs Rollcall" in readable(shown)


def test_a_file_in_a_channel_of_slack_connect_is_asked_for_and_read(
    alice: Person, slack: Workspace, answer: Answer
) -> None:
    """Its event tells the id alone; one that is not about Macs stays without an answer."""
    slack.channels[CHANNEL].shared_with = ("T0THEIRS",)
    dropped = alice.drop(CHANNEL, ("new macs.csv", LIST))
    silent = alice.drop(CHANNEL, ("figures.csv", b"month,sum\nMay,1200\n"))
    shown = answer(dropped)

    assert "*2 Macs can be registered.*" in readable(shown)
    assert in_thread(slack, silent) == []


def test_a_file_of_slack_connect_that_slack_does_not_show_is_told_with_the_mend(
    alice: Person, slack: Workspace, answer: Answer
) -> None:
    slack.channels[CHANNEL].shared_with = ("T0THEIRS",)
    please = f"<@{slack.app.bot_user_id}> please"
    hidden, deleted = (alice.drop(CHANNEL, ("macs.csv", LIST), text=please) for _ in "ab")
    deleted.files[0].deleted = True
    hidden.files[0].shares.clear()
    shown = answer(hidden)

    assert "invite the bot to the channel" in readable(shown)
    (shown,) = in_thread(slack, deleted)
    assert "upload it again" in readable(shown)


@soak_only("the same with a few lines is above, and what fits of many in test_import_blocks")
def test_thousands_of_lines_are_acknowledged_at_once_and_come_with_a_file(
    alice: Person, slack: Workspace, registered: Registered, work_all: Work
) -> None:
    serials = [f"C02ZX{number:04}JH5" for number in range(LINES)]
    rows = [f"{serial},london,design" for serial in serials[:-10]]
    rows += [f"{serial},=HYPERLINK(1),design" for serial in serials[-10:]]
    dropped = alice.drop(CHANNEL, ("macs.csv", "\n".join(["Serial,Site,Build", *rows]).encode()))
    assert slack.events.sent[-1].answers[0].took < 1
    work_all()

    shown, file = in_thread(slack, dropped)
    assert f"*{LINES - 10:,} Macs can be registered.*" in readable(shown)
    assert "… and 2 more" in readable(shown)
    lines = list(csv.reader(io.StringIO(file.files[0].content.decode("utf-8-sig"))))
    assert len(lines) == LINES + 1
    assert lines[-1][1] == "'=HYPERLINK(1)"
    alice.click(shown, "import")
    eventually(lambda: f"Registered {LINES - 10:,} Macs." in told(alice), timeout=30)
    assert len(registered()) == LINES - 10
    alice.click(alice.ephemerals[-1], "undo")
    eventually(lambda: {mac[3] for mac in registered()} == {"cancelled"}, timeout=30)
