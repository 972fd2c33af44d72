"""The question about a Mac's manifest that has two of one kind, and the buttons that answer it."""

import plistlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot.models import Decision
from provisioning.registrations.models import Event, Registration
from tests.bot.firstboot.unknown.asking import buttons, told
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.messages import Message
from tests.support.acting import register
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.usefixtures("bot", "unhurried"),
    pytest.mark.policy('[sites.london]\ngroup = "S0LONDON"\n'),
]

MAC = "C02XG0FDJGH5"
S, B = "included_manifests/sites", "included_manifests/builds"
TWO = ("extras", f"{S}/paris", f"{S}/new york")
Ask = Callable[[], Message]


@pytest.fixture(autouse=True)
def group(slack: Workspace) -> None:
    """The people who may register at London."""
    slack.add_group("S0LONDON", handle="london", members=["U0ALICE", "U0BOB"])


@pytest.fixture
def manifest(repo_folder: Path) -> Path:
    """The manifest of a Mac, which somebody wrote with two sites."""
    (repo_folder / "manifests" / "extras").write_bytes(plistlib.dumps({}))
    path = repo_folder / "manifests" / MAC
    path.write_bytes(plistlib.dumps({"catalogs": ["production"], "included_manifests": [*TWO]}))
    return path


def includes(manifest: Path) -> list[str]:
    found: list[str] = plistlib.loads(manifest.read_bytes())["included_manifests"]
    return found


@pytest.fixture
def ask(
    manifest: Path, script: Script, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> Ask:
    """Have the Mac, which Alice registered, call; returns the question that this leads to."""
    register(database, MAC)

    def asked() -> Message:
        assert script.manifest(serial=MAC).status_code == 409
        deliver_all()
        return slack.channels[CHANNEL].messages[-1]

    return asked


@pytest.mark.postgresql(soak=True)
def test_the_question_is_asked_once_in_the_thread_of_the_card(
    ask: Ask, slack: Workspace, manifest: Path
) -> None:
    question = ask()

    assert ask() is question
    card = slack.channels[CHANNEL].messages[0]
    assert question.thread_ts == card.ts
    assert f"<@U0ALICE>: `{MAC}` has two sites among its includes" in readable(question)
    assert "put the site *london* in" in readable(question)
    assert buttons(question) == ["Take both out", "Keep both"]
    assert includes(manifest) == [*TWO]


@pytest.mark.postgresql(soak=True)
def test_both_entries_go_where_a_person_takes_them_out(
    ask: Ask,
    alice: Person,
    script: Script,
    manifest: Path,
    deliver_all: DeliverAll,
    database: Database,
) -> None:
    question = ask()

    alice.click(question, "decision_out")

    told(alice, "both are to be taken out")
    assert script.manifest(serial=MAC).status_code == 200
    assert includes(manifest) == ["site_default", "extras", f"{S}/london", f"{B}/design"]
    deliver_all()
    assert "<@U0ALICE> said: both are to be taken out" in readable(question)
    assert buttons(question) == []
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.what == "decided")).one()
    assert event.after is not None
    assert event.after["out"] == [f"{S}/paris", f"{S}/new york"]


@pytest.mark.postgresql(instead=True)
def test_both_entries_stay_where_a_person_says_so(
    ask: Ask, alice: Person, script: Script, manifest: Path, deliver_all: DeliverAll
) -> None:
    question = ask()

    alice.click(question, "decision_stay")

    told(alice, "they stay")
    assert script.manifest(serial=MAC).status_code == 200
    assert includes(manifest) == ["site_default", f"{S}/london", f"{B}/design", *TWO]
    deliver_all()
    assert "<@U0ALICE> said: they stay" in readable(question)


def test_two_of_the_other_kind_are_asked_about_next(
    ask: Ask, alice: Person, script: Script, manifest: Path
) -> None:
    both = [*TWO, f"{B}/kiosk", f"{B}/basic"]
    manifest.write_bytes(plistlib.dumps({"included_manifests": both}))
    alice.click(ask(), "decision_stay")
    told(alice, "they stay")

    following = ask()

    assert "has two builds among its includes" in readable(following)
    alice.click(following, "decision_out")
    told(alice, "both are to be taken out")
    assert script.manifest(serial=MAC).status_code == 200
    assert includes(manifest) == ["site_default", f"{S}/london", *TWO, f"{B}/design"]


def test_a_button_is_stale_once_the_mac_was_moved(
    ask: Ask, alice: Person, deliver_all: DeliverAll, database: Database
) -> None:
    question = ask()
    alice.slash("/mac", f"move {MAC} paris kiosk", channel=CHANNEL)

    alice.click(question, "decision_out")

    told(alice, "This question is no longer open")
    with database.reading() as session:
        assert session.scalars(select(Registration.includes)).one() is None
        assert session.scalars(select(Decision.answer)).one() is None
    deliver_all()
    assert "This question is no longer open." in readable(question)
    assert "put the site *paris* in" in readable(ask())


def test_a_mac_that_was_moved_is_asked_about_where_it_goes_now(ask: Ask, alice: Person) -> None:
    question = ask()
    alice.slash("/mac", f"move {MAC} paris kiosk", channel=CHANNEL)

    ask()

    assert "put the site *paris* in" in readable(question)


def test_of_two_people_at_once_one_wins_and_the_other_is_told_by_whom(
    ask: Ask, alice: Person, bob: Person, database: Database
) -> None:
    question = ask()

    with ThreadPoolExecutor(2) as pool:
        clicks = [(alice, "decision_out"), (bob, "decision_stay")]
        answers = list(pool.map(lambda click: click[0].click(question, click[1]), clicks))

    assert [answer.error for answer in answers] == [None, None]
    eventually(lambda: len(alice.ephemerals) > 0 and len(bob.ephemerals) > 0)
    with database.reading() as session:
        decision = session.scalars(select(Decision)).one()
        events = session.scalars(select(Event).where(Event.what == "decided")).all()
    assert len(events) == 1
    loser = bob if decision.settled_by == "U0ALICE" else alice
    told(loser, f"<@{decision.settled_by}> was faster.")


def test_only_who_may_register_at_the_site_may_answer(
    ask: Ask, slack: Workspace, database: Database
) -> None:
    question, carol = ask(), slack.person("U0CAROL", name="carol")

    carol.click(question, "decision_out")

    told(carol, "You may not")
    with database.reading() as session:
        assert session.scalars(select(Decision.settled_at)).one() is None


def test_the_channel_hears_of_a_mac_without_a_registration(
    manifest: Path, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    answer = script.manifest(serial=MAC, site="london", build="design")

    assert answer.status_code == 409
    deliver_all()
    [trouble] = slack.channels[CHANNEL].messages
    assert "includes two sites" in trouble.text
