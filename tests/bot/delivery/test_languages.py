"""Languages: answers in the person's own, messages in a channel in the one of its policy."""

from datetime import UTC, datetime

import pytest
from slack_sdk import WebClient

from bot.delivery.languages import RETRY_INTERVAL, Languages
from bot.delivery.transport import SlackTransport
from bot.slack.users import SlackUsers
from infrastructure.database.engine import Database
from infrastructure.text import Sentence
from provisioning.outbox import outbox
from provisioning.outbox.models import Notification
from provisioning.outbox.relay import Relay
from provisioning.policy import PolicyFile
from rollcall.settings import BotSettings
from tests.bot.home.looking import shown
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import Clock, DeliverAll, Script, Work
from tests.support.installation import CHANNEL
from tests.support.tables import for_each

BERLIN = "C0BERLIN"
POLICY = f"""
language = "fr"

[sites.paris]
language = "es"

[sites.berlin]
language = "de"
channel = "{BERLIN}"
"""


pytestmark = pytest.mark.policy(POLICY)


@pytest.fixture
def people(slack_client: WebClient) -> SlackUsers:
    """The people of the workspace, as the relay asks for them."""
    return SlackUsers(slack_client)


@pytest.fixture
def languages(bot_settings: BotSettings, people: SlackUsers) -> Languages:
    """The languages of the relay's messages."""
    return Languages(PolicyFile(bot_settings.policy), people)


@pytest.fixture
def relay(database: Database, slack_client: WebClient, clock: Clock, languages: Languages) -> Relay:
    """A relay that speaks them."""
    return Relay(database, SlackTransport(slack_client, languages=languages), clock=clock)


@pytest.fixture
def greta(slack: Workspace, bot: object) -> Person:
    """A technician whose Slack is German."""
    return slack.person("U0GRETA", name="greta", locale="de-DE")


def test_a_german_technician_is_answered_in_german_and_the_channel_hears_french(
    greta: Person, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    answer = greta.slash("/mac", "register C02AAA london design", channel=CHANNEL)
    deliver_all()
    script.manifest(serial="C02AAA", site="london", build="design")
    deliver_all()

    assert answer.message is not None
    assert "`C02AAA` für *london* / *design* registriert." in answer.message.text
    card, done = slack.channels[CHANNEL].messages
    assert "confirmé" in card.text
    assert "`C02AAA` est prêt\u202f: son manifeste est écrit" in done.text


def test_the_form_the_home_and_an_error_are_in_the_persons_language(greta: Person) -> None:
    greta.slash("/mac", "", channel=CHANNEL)
    form = greta.open_view()
    greta.open_home()
    answer = greta.slash("/mac", "show C02AAA", channel=CHANNEL)

    assert form.content["title"]["text"] == "Macs registrieren"
    assert "davon haben Sie registriert" in str(shown(greta, "").blocks)
    assert answer.message is not None
    assert "C02AAA ist nicht registriert." in answer.message.text


@for_each(
    ("channel", "facts", "code"),
    [
        (CHANNEL, {}, "fr"),
        (CHANNEL, {"site": "paris"}, "es"),
        (CHANNEL, {"site": "london"}, "fr"),
        (CHANNEL, {"sites": ["paris", "london"]}, "fr"),
        (BERLIN, {}, "de"),
        ("U0GRETA", {"site": "paris"}, "de"),
        ("U0ALICE", {}, "en"),
    ],
)
def test_a_message_is_in_the_language_of_its_person_its_site_its_channel_or_the_policy(
    channel: str,
    facts: dict[str, object],
    code: str,
    languages: Languages,
    database: Database,
    slack: Workspace,
) -> None:
    slack.person("U0GRETA", locale="de-AT")
    slack.person("U0ALICE", locale="pt-BR")
    row = Notification(channel=channel, facts=facts)

    with database.reading() as session:
        assert languages.of(session, row) == code


def test_a_slack_that_does_not_say_a_language_is_not_asked_again_at_once(
    database: Database, slack: Workspace, people: SlackUsers
) -> None:
    now = [0.0]
    languages = Languages(None, people, clock=lambda: now[0])
    row = Notification(channel="U0GRETA", facts={})
    slack.person("U0GRETA", locale="de-DE")
    slack.faults.go_down()
    with database.reading() as session:
        assert languages.of(session, row) == "en"
        slack.faults.come_back()
        spoken = languages.of(session, row)
        now[0] = RETRY_INTERVAL + 1
        later = languages.of(session, row)

    assert (spoken, later) == ("en", "de")


def test_what_a_job_tells_a_person_is_in_their_language(
    greta: Person, database: Database, deliver_all: DeliverAll
) -> None:
    sentence = Sentence("All registrations for {site}; times are in UTC.", site="london")
    with database.begin() as session:
        outbox.enqueue_news(session, channel="U0GRETA", sentence=sentence, at=datetime.now(UTC))
    deliver_all()

    assert greta.dm.messages[-1].text == "Alle Registrierungen für london; Zeiten in UTC."


def test_a_dry_run_in_a_conversation_with_rollcall_is_in_the_persons_language(
    greta: Person, work: Work
) -> None:
    greta.drop(greta.dm.id, ("stock.csv", b"serial,site,build\nC02AAA1BCDEF,london,design\n"))
    work()

    assert (
        "nichts davon kann schon registriert werden (1 zweifelhaft)" in greta.dm.messages[-1].text
    )
