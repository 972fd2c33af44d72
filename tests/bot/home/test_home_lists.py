"""Lists of the App Home: registrations, imports and their filters."""

from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.imports.models import READ, READING, Import
from provisioning.outbox.models import IMPORT, Card
from provisioning.registrations.models import CONFIRMED, FAILED, IMAGING
from rollcall.settings import BotSettings
from tests.bot.home.looking import LONDON, PARIS, become, choose, opened, serials, text_of
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support import acting
from tests.support.acting import register
from tests.support.fixtures.doors import NOON
from tests.support.running.settings import with_board

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def bot_settings(bot_settings: BotSettings) -> BotSettings:
    """A bot of an installation with a board."""
    return with_board(bot_settings)


@pytest.mark.postgresql(instead=True)
def test_ones_own_come_first_and_then_what_needs_somebody_the_newest_first(
    alice: Person, database: Database
) -> None:
    register(database, "C02AAA", "C02BBB", "C02CCC", "C02DDD", "C02EEE", "C02FFF", by="U0BOB")
    register(database, "C03AAA", "C03BBB", by="U0ALICE")
    register(database, "C04AAA", by="U0BOB")
    become(database, "C02AAA", state=IMAGING, heard_at=NOON, mentioned_at=NOON, step="Restoring")
    become(database, "C02BBB", state=IMAGING, heard_at=NOON)
    become(database, "C02CCC", state=FAILED, heard_at=NOON, step="No image *found*")
    become(database, "C02DDD", state=CONFIRMED, confirmed_at=NOON)
    become(database, "C03BBB", state=FAILED, heard_at=NOON)

    home = opened(alice)

    assert serials(home) == [
        *("C03BBB", "C03AAA"),
        *("C02CCC", "C02AAA", "C02BBB", "C04AAA", "C02FFF", "C02EEE"),
    ]
    text = text_of(home)
    assert "*2 failed · 1 stalled · 1 imaging · 4 waiting*\n2 of them registered by you." in text
    assert "*Failed, yours: 1*" in text
    assert "*Stalled, everybody else's: 1*" in text
    assert "stalled: Restoring, last heard from" in text
    assert "*found*" not in text


def test_a_cancelled_mac_is_gone_from_it(alice: Person, database: Database) -> None:
    register(database, "C02AAA", "C02BBB", by="U0BOB")
    acting.cancel_now(database, "C02AAA", by="U0BOB")

    assert serials(opened(alice)) == ["C02BBB"]


@pytest.mark.postgresql
def test_the_list_is_filtered_by_site_build_and_state_and_set_back(
    alice: Person, database: Database
) -> None:
    register(database, "C02AAA", to=PARIS, by="U0BOB")
    register(database, "C02BBB", "C02CCC", to=LONDON, by="U0BOB")
    become(database, "C02CCC", state=FAILED)
    opened(alice)

    assert serials(choose(alice, "home_site", "london")) == [*("C02CCC", "C02BBB")]
    both = choose(alice, "home_state", "failed")
    assert serials(both) == ["C02CCC"]
    assert "*1 failed · 0 stalled · 0 imaging · 1 waiting*" in text_of(both)
    none = choose(alice, "home_build", "basic")
    assert "No Mac on its way matches." in text_of(none)
    for menu in ("home_site", "home_build", "home_state"):
        last = choose(alice, menu, "/")
    assert serials(last) == ["C02CCC", "C02BBB", "C02AAA"]


def test_a_filter_offers_what_the_repo_has_now(alice: Person, repo_folder: Path) -> None:
    home = opened(alice)
    sites = repo_folder / "manifests/included_manifests/sites"
    (sites / "tokyo").write_bytes((sites / "paris").read_bytes())

    offered = [each["text"]["text"] for each in alice.type_ahead(home, "home_site", "")]
    typed = [each["value"] for each in alice.type_ahead(home, "home_site", "TOK")]

    assert offered == ["All sites", "london", "new york", "paris", "tokyo"]
    assert typed == ["/", "tokyo"]


def test_a_guest_is_told_why_there_is_nothing_to_see(slack: Workspace, database: Database) -> None:
    register(database, "C02AAA", by="U0BOB")
    guest = slack.person("U0GUEST", name="guest", guest="single")

    text = text_of(opened(guest))

    assert "You cannot use Rollcall: you are a guest in this workspace" in text
    assert "C02AAA" not in text


@pytest.mark.postgresql
def test_ones_own_unfinished_imports_are_listed(alice: Person, database: Database) -> None:
    with database.begin() as session:
        cards = [
            Card(kind=IMPORT, channel=channel, created_at=NOON)
            for channel in ("C0LONDON", "C0PARIS", "C0OTHER")
        ]
        session.add_all(cards)
        session.flush()
        handed_in = (("U0ALICE", READ), ("U0ALICE", READING), ("U0BOB", READ))
        for (by, state), card in zip(handed_in, cards, strict=True):
            facts = {"by": by, "via": "file", "state": state, "card_id": card.id}
            session.add(Import(sources=["F1", "F2"], created_at=NOON, done=1, **facts))

    text = text_of(opened(alice))

    assert "• Being read; 1 of 2 files read: handed in" in text
    assert text.count("• Read, handed in") == 1
    assert [text.count(f"<#{card}>") for card in ("C0LONDON", "C0PARIS", "C0OTHER")] == [1, 1, 0]


HOSTILE = "<!channel> *bold* `code` <http://evil.example|x> &"


def test_hostile_notes_and_steps_are_only_text(alice: Person, database: Database) -> None:
    register(database, "C02AAA", note=f"line\n> {HOSTILE}", by="U0BOB")
    become(database, "C02AAA", state=IMAGING, step=HOSTILE, heard_at=NOON)

    text = text_of(opened(alice))

    assert "<!channel>" not in text
    assert "*bold*" not in text
    assert "<http" not in text
    assert "> line &gt; &lt;!channel&gt;" in text


def test_an_import_without_a_card_is_told_as_far_as_it_is_and_leads_to_the_board(
    alice: Person, database: Database
) -> None:
    with database.begin() as session:
        for state in (READING, READ):
            facts = {"by": "U0ALICE", "via": "board", "state": state}
            session.add(Import(sources=["F1"], created_at=NOON, done=0, **facts))
            session.flush()

    text = text_of(opened(alice))

    assert "• Being read: handed in" in text
    assert "/board/imports/1|The board> will say more." in text
    assert "/board/imports/2|the board>." in text
    assert "shown to you alone" not in text
