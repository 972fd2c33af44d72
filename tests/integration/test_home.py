"""The Home tab as people open, filter and turn it, through the real dispatch."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from provisioning import registrations
from provisioning.database import Database
from provisioning.models import (
    CONFIRMED,
    FAILED,
    IMAGING,
    PARKED,
    READ,
    READING,
    Import,
    Notification,
    Registration,
)
from provisioning.munki import Destination
from provisioning.serials import Serial, parse_all
from provisioning.settings import BotSettings
from tests.integration.conftest import NOON
from tests.support import settings
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tests.support.slack import Workspace
from tests.support.slack.person import Person
from tests.support.slack.view import View
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")

LONDON, PARIS = Destination("london", "design"), Destination("paris", "basic")


def register(
    database: Database, *serials: str, by: str = "U0BOB", to: Destination = LONDON, note: str = ""
) -> None:
    with database.begin() as session:
        act = did(session, "registered", by=by)
        registrations.register(session, parse_all(serials), to, act=act, channel=CHANNEL, note=note)


def become(database: Database, serial: str, **columns: Any) -> None:
    with database.begin() as session:
        is_it = Registration.serial == serial
        session.execute(update(Registration).where(is_it).values(**columns))


def opened(person: Person) -> View:
    """Open the tab and return it as it is published."""
    before = person.home.hash if person.home else ""
    assert person.open_home().error is None
    return shown(person, before)


def shown(person: Person, before: str) -> View:
    """The tab, once it is another than the one with the hash `before`."""
    eventually(lambda: person.home is not None and person.home.hash != before)
    assert person.home is not None
    return person.home


def after(person: Person, act: Callable[[View], Any]) -> View:
    """The tab after a person did something on it."""
    home = person.home
    assert home is not None
    before = home.hash
    act(home)
    return shown(person, before)


def choose(person: Person, menu: str, option: str) -> View:
    """The tab after a person chose an option in one of its filters."""
    return after(person, lambda home: person.select(home, menu, option))


def text_of(view: View) -> str:
    return "\n".join(
        text["text"]
        for block in view.blocks
        for text in (block.get("text"), *(block.get("elements") or ()))
        if text and isinstance(text.get("text"), str)
    )


def serials(view: View) -> list[str]:
    """The Macs on it, from above."""
    rows = [block for block in view.blocks if block.get("block_id", "").startswith("mac-")]
    return [row["text"]["text"].split("`")[1] for row in rows]


def menu_of(view: View, serial: str) -> str:
    """The block with the menu of a Mac."""
    rows = [block for block in view.blocks if block.get("block_id", "").startswith("mac-")]
    [found] = [row["block_id"] for row in rows if f"`{serial}`" in row["text"]["text"]]
    return str(found)


def test_a_new_person_sees_that_there_is_nothing_and_what_to_do(alice: Person) -> None:
    text = text_of(opened(alice))

    assert "*0 failed · 0 stalled · 0 imaging · 0 waiting*" in text
    assert "Press *Register Macs*, or type `/mac register SERIAL SITE BUILD`." in text


def test_ones_own_come_first_and_then_what_needs_somebody_the_newest_first(
    alice: Person, database: Database
) -> None:
    register(database, "C02AAA", "C02BBB", "C02CCC", "C02DDD", "C02EEE", "C02FFF")
    register(database, "C03AAA", "C03BBB", by="U0ALICE")
    register(database, "C04AAA")
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
    assert "stalled: Restoring, last heard" in text
    assert "*found*" not in text


def test_a_cancelled_mac_is_gone_from_it(alice: Person, database: Database) -> None:
    register(database, "C02AAA", "C02BBB")
    with database.begin() as session:
        act = did(session, "cancelled", by="U0BOB")
        registrations.cancel(session, Serial.parse("C02AAA"), act=act)

    assert serials(opened(alice)) == ["C02BBB"]


def test_it_is_filtered_by_site_build_and_state_and_set_back(
    alice: Person, database: Database
) -> None:
    register(database, "C02AAA", to=PARIS)
    register(database, "C02BBB", "C02CCC", to=LONDON)
    become(database, "C02CCC", state=FAILED)
    opened(alice)

    assert serials(choose(alice, "home_site", "london")) == [*("C02CCC", "C02BBB")]
    both = choose(alice, "home_state", "failed")
    assert serials(both) == ["C02CCC"]
    assert "*1 failed · 0 stalled · 0 imaging · 1 waiting*" in text_of(both)
    none = choose(alice, "home_build", "basic")
    assert "No Mac on its way is like that." in text_of(none)
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


def test_pages_are_turned_and_opening_it_again_stays_there(
    alice: Person, database: Database
) -> None:
    register(database, *(f"C02{number:03}" for number in range(45)))
    first = opened(alice)
    assert "Page 1 of 3: 1 to 20 of 45 Macs" in text_of(first)

    second = after(alice, lambda it: alice.click(it, "home_next"))
    assert "Page 2 of 3: 21 to 40 of 45 Macs" in text_of(second)
    assert "Page 2 of 3" in text_of(opened(alice))
    last = after(alice, lambda it: alice.click(it, "home_next"))
    assert len(serials(last)) == 5
    again = after(alice, lambda it: alice.click(it, "home_previous"))
    assert "Page 2 of 3" in text_of(again)


def test_another_filter_begins_at_its_first_page_and_a_shorter_list_at_its_last(
    alice: Person, database: Database
) -> None:
    register(database, *(f"C02{number:03}" for number in range(45)))
    register(database, *(f"C03{number:03}" for number in range(25)), to=PARIS)
    opened(alice)
    after(alice, lambda it: alice.click(it, "home_next"))

    assert "Page 1 of 2" in text_of(choose(alice, "home_site", "paris"))
    after(alice, lambda it: alice.click(it, "home_next"))
    with database.begin() as session:
        session.execute(update(Registration).values(state=CONFIRMED))
    become(database, "C03001", state=IMAGING)

    assert "Page 1 of 1: 1 to 1 of 1 Macs" in text_of(opened(alice))


def test_an_event_that_is_sent_again_does_no_harm(
    alice: Person, slack: Workspace, database: Database
) -> None:
    register(database, "C02AAA", to=PARIS)
    register(database, "C02BBB", to=LONDON)
    opened(alice)
    choose(alice, "home_site", "paris")

    slack.events.redeliver()
    time.sleep(0.3)

    assert alice.home is not None
    assert serials(alice.home) == ["C02AAA"]


def test_of_two_quick_presses_the_last_one_is_shown(
    alice: Person, slack: Workspace, database: Database
) -> None:
    register(database, "C02AAA", to=PARIS)
    register(database, "C02BBB", to=LONDON)
    home = opened(alice)
    slack.faults.delay(0.3, methods=["views.publish"])

    alice.select(home, "home_site", "paris")
    alice.select(home, "home_site", "london")

    eventually(lambda: alice.home is not None and serials(alice.home) == ["C02BBB"])
    time.sleep(0.4)
    assert serials(home) == ["C02BBB"]


@pytest.mark.parametrize("error", ["internal_error", "hash_conflict", "ratelimited"])
def test_where_slack_refuses_it_the_next_opening_shows_it(
    alice: Person, slack: Workspace, database: Database, error: str
) -> None:
    register(database, "C02AAA")
    if error == "ratelimited":
        slack.faults.respond_429(30, methods=["views.publish"])
    else:
        slack.faults.fail(error, methods=["views.publish"])

    assert alice.open_home().error is None
    eventually(lambda: [call for call in slack.calls if call.method == "views.publish"])

    assert serials(opened(alice)) == ["C02AAA"]


def test_opening_is_acknowledged_before_anything_is_drawn(alice: Person, slack: Workspace) -> None:
    slack.faults.delay(1, methods=["views.publish", "users.info", "auth.test"], times=3)

    assert alice.open_home().took < 0.5


def test_a_guest_is_told_why_there_is_nothing_to_see(slack: Workspace, database: Database) -> None:
    register(database, "C02AAA")
    guest = slack.person("U0GUEST", name="guest", guest="single")

    text = text_of(opened(guest))

    assert "You cannot use Rollcall: you are a guest in this workspace" in text
    assert "C02AAA" not in text


def test_the_details_of_a_mac_open_in_a_window(alice: Person, database: Database) -> None:
    register(database, "C02AAA", "C02BBB")
    home = opened(alice)

    assert alice.select(home, menu_of(home, "C02AAA"), "details:C02AAA").error is None

    window = alice.open_view()
    assert "`C02AAA` → *london* / *design*: waiting for its first boot" in text_of(window)
    assert "registered, *london* / *design*, by <@U0BOB> (command)" in text_of(window)


@pytest.mark.parametrize(("verb", "title"), [("move", "Move"), ("cancel", "Cancel")])
def test_a_menu_does_to_its_mac_what_it_offers(
    alice: Person, database: Database, verb: str, title: str
) -> None:
    register(database, "C02AAA", "C02BBB")
    home = opened(alice)

    alice.select(home, menu_of(home, "C02AAA"), f"{verb}:C02AAA")

    assert alice.open_view().content["title"]["text"] == title
    assert "`C02AAA`" in text_of(alice.open_view())


def test_a_menu_that_is_out_of_date_says_so_in_a_window(alice: Person, database: Database) -> None:
    register(database, "C02AAA")
    home = opened(alice)
    with database.begin() as session:
        act = did(session, "cancelled", by="U0BOB")
        registrations.cancel(session, Serial.parse("C02AAA"), act=act)

    alice.select(home, menu_of(home, "C02AAA"), "cancel:C02AAA")

    assert "Nobody has registered C02AAA." in text_of(alice.open_view())
    assert alice.open_view().content["title"]["text"] == "Rollcall"


def test_the_button_opens_the_form(alice: Person) -> None:
    home = opened(alice)

    alice.click(home, "home_register")

    assert alice.open_view().callback_id == "register"


def test_ones_own_unfinished_imports_are_listed(alice: Person, database: Database) -> None:
    with database.begin() as session:
        for by, state in (("U0ALICE", READ), ("U0ALICE", READING), ("U0BOB", READ)):
            session.add(
                Import(
                    by=by, via="file", state=state, sources=["F1", "F2"], created_at=NOON, done=1
                )
            )

    text = text_of(opened(alice))

    assert "• Being read; 1 of 2 files read: handed in" in text
    assert text.count("• Read, handed in") == 1


def refuse(database: Database, reason: str, times: int) -> None:
    with database.begin() as session:
        for number in range(times):
            session.add(
                Notification(
                    key=f"{reason}{number}",
                    channel=CHANNEL,
                    kind="news",
                    facts={},
                    occurred_at=NOON,
                    state=PARKED,
                    reason=reason,
                )
            )


def test_an_admin_sees_what_slack_refused_and_what_mends_it(
    alice: Person, database: Database
) -> None:
    refuse(database, "not_in_channel: invite the bot to the channel", 30)

    text = text_of(opened(alice))

    assert f"Slack refused 30 messages to <#{CHANNEL}>" in text
    assert "invite the bot to the channel. When that is mended" in text


HOSTILE = "<!channel> *bold* `code` <http://evil.example|x> &"


def test_hostile_notes_and_steps_are_only_text(alice: Person, database: Database) -> None:
    register(database, "C02AAA", note=f"line\n> {HOSTILE}")
    become(database, "C02AAA", state=IMAGING, step=HOSTILE, heard_at=NOON)

    text = text_of(opened(alice))

    assert "<!channel>" not in text
    assert "*bold*" not in text
    assert "<http" not in text
    assert "> line &gt; &lt;!channel&gt;" in text


def test_the_view_carries_what_is_looked_at(alice: Person, database: Database) -> None:
    register(database, "C02AAA")
    opened(alice)

    home = choose(alice, "home_site", "new york")

    told = json.loads(home.content["private_metadata"])
    assert told == {"site": "new york", "build": None, "state": None, "page": 0}


POLICY = """
admins = ["U0BOSS"]
[sites.atlantis]
title = "Atlantis"
"""


class TestUnderAPolicy:
    @pytest.fixture
    def policy_file(self, repo_folder: Path) -> Path:
        return repo_folder / "rollcall.toml"

    @pytest.fixture
    def bot_settings(self, repo_folder: Path, slack: Workspace, policy_file: Path) -> BotSettings:
        policy_file.write_text(POLICY)
        open_settings = settings.bot_settings(
            repo_folder, slack.api_url, slack.app.bot_token, slack.app.signing_secret
        )
        return open_settings.model_copy(update={"policy": policy_file})

    def test_its_findings_and_faults_are_for_admins(
        self, slack: Workspace, policy_file: Path
    ) -> None:
        boss = slack.person("U0BOSS", name="boss")
        assert "Policy file: sites.atlantis: the Munki repo has no such site" in text_of(
            opened(boss)
        )

        policy_file.write_text("admins = 7")
        time.sleep(1.1)  # it is looked at once a second

        assert "Policy file: rollcall.toml, line 1: admins is 7; write a list" in text_of(
            opened(boss)
        )

    def test_others_see_nothing_of_what_admins_mend(
        self, alice: Person, database: Database
    ) -> None:
        refuse(database, "not_in_channel: invite the bot to the channel", 1)

        assert "To be mended" not in text_of(opened(alice))

    def test_a_repo_that_cannot_be_read_is_named(self, slack: Workspace, repo_folder: Path) -> None:
        boss = slack.person("U0BOSS", name="boss")
        (repo_folder / "manifests").rename(repo_folder / "elsewhere")

        assert "The Munki repo cannot be used" in text_of(opened(boss))
