"""Slack where the Munki repo has only sites, or only builds, or builds that belong to sites."""

from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.delivery.transport import SlackTransport
from infrastructure.database.engine import Database
from provisioning.outbox.relay import Relay
from rollcall.application import Application
from rollcall.parts.relays import kinds_asked_for, policy_if_usable
from rollcall.settings import BotSettings
from tests.bot.commands.typed import registrations, typed
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import Clock, DeliverAll, Script
from tests.support.inputs.repos import RepoCase
from tests.support.installation import CHANNEL
from tests.support.running.settings import with_policy
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")

MAC, OTHER = "C02XG0FDJGH5", "C02YK1QWLVDN"
SITES = RepoCase(
    "sites alone",
    'sites = {folder = "places"}\nbuilds = false',
    lambda site, _: ["site_default", f"places/{site}"],
    places=(("uk/leeds", ""), ("paris", "")),
)
BUILDS = RepoCase(
    "builds alone",
    'sites = false\nbuilds = {folder = "roles"}',
    lambda _, build: ["site_default", f"roles/{build}"],
    places=(("", "design"), ("", "media/audio")),
)
OF_SITES = RepoCase(
    "builds of sites",
    'sites = {match = "*/", include = false}\nbuilds = {match = "{site}/*"}',
    lambda site, build: ["site_default", f"{site}/{build}"],
    places=(("north", "lab"), ("south", "kiosk")),
)
sites_alone = pytest.mark.parametrize("case", [SITES], ids=["sites"])
builds_alone = pytest.mark.parametrize("case", [BUILDS], ids=["builds"])


@pytest.fixture
def case() -> RepoCase:
    """The repo: both kinds, unless a test says another."""
    return OF_SITES


@pytest.fixture
def repo_folder(case: RepoCase, tmp_path: Path) -> Path:
    """The folder of that repo."""
    return case.make(tmp_path / "munki_repo")


@pytest.fixture
def bot_settings(bot_settings: BotSettings, case: RepoCase, tmp_path: Path) -> BotSettings:
    """A bot's settings, with a policy that describes the repo."""
    return with_policy(bot_settings, tmp_path, f"[munki]\n{case.table}\n")


@pytest.fixture
def relay(
    database: Database, slack_client: WebClient, bot_settings: BotSettings, clock: Clock
) -> Relay:
    """A relay that reads the policy."""
    kinds = kinds_asked_for(policy_if_usable(Application(bot_settings, database=database)))
    return Relay(database, SlackTransport(slack_client, kinds), clock=clock)


@sites_alone
def test_a_serial_and_a_site_are_a_whole_command(alice: Person, database: Database) -> None:
    assert f"Registered `{MAC}` for *uk/leeds*." in typed(alice, f"register {MAC} leeds")
    assert f"Moved `{MAC}` from *uk/leeds* to *paris*." in typed(alice, f"move {MAC} paris")
    assert registrations(database) == [(MAC, "paris", "", "waiting")]
    assert "This repo has no builds" in typed(alice, f"move {MAC} paris design")


@builds_alone
def test_a_serial_and_a_build_are_a_whole_command(alice: Person, database: Database) -> None:
    assert f"Registered `{MAC}` for *media/audio*." in typed(alice, f"register {MAC} Audio")
    assert f"`{MAC}` → *media/audio*: waiting" in typed(alice, "list")
    assert "This repo has no sites" in typed(alice, "list design")
    assert registrations(database) == [(MAC, "", "media/audio", "waiting")]


@sites_alone
def test_the_help_names_what_the_repo_has(alice: Person) -> None:
    text = typed(alice, "help")

    assert "`/mac register SERIAL SITE`: this Mac goes to SITE" in text
    assert "BUILD" not in text
    assert "Sites: paris, uk/leeds" in text


@pytest.mark.parametrize(
    ("case", "kind", "name"), [(SITES, "site", "uk/leeds"), (BUILDS, "build", "media/audio")]
)
def test_the_form_asks_for_one_name(
    alice: Person, database: Database, kind: str, name: str
) -> None:
    alice.slash("/mac", "", channel=CHANNEL)
    form = alice.open_view()
    assert [b["block_id"] for b in form.blocks if b["block_id"] in ("site", "build")] == [kind]

    assert alice.submit(form, {"serials": MAC, kind: name}).errors == {}

    assert f"Registered `{MAC}` for *{name}*." in str(alice.open_view().blocks)
    assert [mac[1:3] for mac in registrations(database)] == [
        (name, "") if kind == "site" else ("", name)
    ]


@builds_alone
def test_the_home_has_no_filter_of_a_kind_that_is_not_there(alice: Person) -> None:
    typed(alice, f"register {MAC} design")
    alice.open_home()
    eventually(lambda: alice.home is not None)

    assert alice.home is not None
    assert "home_build" in str(alice.home.blocks)
    assert "home_site" not in str(alice.home.blocks)
    assert f"`{MAC}` → *design*" in str(alice.home.blocks)


@builds_alone
def test_the_window_of_a_move_asks_for_one_name(alice: Person, database: Database) -> None:
    typed(alice, f"register {MAC} design")
    alice.open_home()
    eventually(lambda: alice.home is not None)
    assert alice.home is not None

    alice.select(alice.home, "mac", f"move:{MAC}")
    window = alice.open_view()
    menus = [block["block_id"] for block in window.blocks if block["type"] == "input"]
    assert menus == ["build"]
    assert alice.submit(window, {"build": "media/audio"}).errors == {}

    assert registrations(database) == [(MAC, "", "media/audio", "waiting")]


@pytest.mark.parametrize(
    ("case", "kind", "name"), [(SITES, "site", "paris"), (BUILDS, "build", "design")]
)
def test_no_answer_speaks_of_a_kind_that_is_not_there(alice: Person, kind: str, name: str) -> None:
    typed(alice, f"register {MAC} {name}")

    assert f"already; choose another {kind}." in typed(alice, f"move {MAC} {name}")
    assert f"a workflow that names no {kind} is served" in typed(alice, f"preview {MAC}")
    assert f"unless its script names a {kind}, it waits" in typed(alice, f"preview {OTHER}")


@sites_alone
def test_a_bench_needs_one_name(alice: Person) -> None:
    assert "whose script names no place go to *uk/leeds*" in typed(alice, "bench leeds 2 for 1h")


@builds_alone
@pytest.mark.usefixtures("unhurried")
def test_the_card_of_an_unknown_mac_asks_for_one_name(
    script: Script, alice: Person, slack: Workspace, deliver_all: DeliverAll, database: Database
) -> None:
    assert script.manifest(serial=MAC).status_code == 403
    deliver_all()
    card = slack.channels[CHANNEL].messages[-1]
    assert "What does it become?" in card.text
    assert "'action_id': 'site'" not in str(card.blocks)

    alice.click(card, "stranger_register")
    eventually(lambda: any("Choose a build first" in m.text for m in alice.ephemerals))
    alice.select(card, "build", "design")
    alice.click(card, "stranger_register")

    eventually(lambda: registrations(database) == [(MAC, "", "design", "waiting")])


@sites_alone
def test_a_dry_run_asks_for_one_name_alone(alice: Person, database: Database) -> None:
    shown_text = typed(alice, f"register {MAC} and {OTHER}")
    shown = alice.ephemerals[-1]
    assert "names no site" in shown_text
    assert "import_build" not in str(shown.blocks)

    alice.select(shown, "import_site", "uk/leeds")
    eventually(lambda: "2 Macs for *uk/leeds*" in readable(shown))
    alice.click(shown, "import")

    eventually(lambda: [mac[1] for mac in registrations(database)] == ["uk/leeds"] * 2)


@sites_alone
@pytest.mark.usefixtures("unhurried")
def test_the_digest_says_what_can_be_typed_here(
    script: Script, alice: Person, deliver_all: DeliverAll
) -> None:
    script.manifest(serial=MAC)
    deliver_all()

    assert "`/mac register SERIAL SITE` says where they go" in typed(alice, "digest")


@sites_alone
def test_the_end_of_a_name_is_understood_in_a_list(alice: Person) -> None:
    assert "2 Macs for *uk/leeds*" in typed(alice, f"register for Leeds, please:\n{MAC}\n{OTHER}")


def test_the_builds_of_the_chosen_site_are_offered(alice: Person) -> None:
    alice.slash("/mac", "", channel=CHANNEL)
    form = alice.open_view()

    def builds() -> list[str]:
        return [option["value"] for option in alice.type_ahead(form, "build", "")]

    assert builds() == ["kiosk", "lab"]
    alice.select(form, "site", "north")
    assert builds() == ["lab"]


@pytest.mark.usefixtures("unhurried")
def test_on_a_card_too_the_builds_of_the_chosen_site_are_offered(
    script: Script, alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    script.manifest(serial=MAC)
    deliver_all()
    [card] = slack.channels[CHANNEL].messages

    alice.select(card, "site", "north")

    assert [option["value"] for option in alice.type_ahead(card, "build", "")] == ["lab"]
