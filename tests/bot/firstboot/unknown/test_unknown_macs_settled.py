"""The card of an unknown Mac, settled by other ways than its buttons."""

from datetime import UTC, datetime

import pytest

from infrastructure.database.engine import Database
from provisioning.firstboot import unknown
from tests.bot.firstboot.unknown.asking import told
from tests.bot.firstboot.unknown.conftest import Ask
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


def test_a_registration_made_by_command_settles_the_card(
    ask: Ask, bob: Person, alice: Person, deliver_all: DeliverAll
) -> None:
    card = ask()

    bob.slash("/mac", "register C02ABC c02xyz123def paris basic", channel=CHANNEL)
    bob.click(bob.ephemerals[-1], "import")

    deliver_all()
    assert "<@U0BOB> registered it for *paris* / *basic*." in card.text
    with pytest.raises(LookupError, match="no button"):
        alice.click(card, "stranger_register")


def test_the_step_of_a_workflow_settles_the_card(
    ask: Ask, alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    card = ask("C02XG0FDJGH5")

    inputs = {"site": "paris", "build": "basic", "person": alice.id, "serials": "C02XG0FDJGH5"}
    slack.run_step("register_macs_step", inputs, alice, outputs=["registered"])

    deliver_all()
    assert "<@U0ALICE> registered it for *paris* / *basic*." in card.text


@pytest.mark.postgresql(soak=True)
def test_an_undone_cancellation_settles_the_card(
    ask: Ask, alice: Person, deliver_all: DeliverAll
) -> None:
    alice.slash("/mac", "register C02XYZ123DEF paris basic", channel=CHANNEL)
    alice.slash("/mac", "cancel C02XYZ123DEF", channel=CHANNEL)
    cancelled = alice.ephemerals[-1]
    card = ask()
    assert "is asking for its manifest" in card.text

    alice.click(cancelled, "undo")

    told(alice, "Undone: 1 Mac as before.")
    deliver_all()
    assert "registered it for *paris* / *basic*." in card.text


def test_a_mac_whose_own_script_says_where_it_goes_settles_its_card(
    ask: Ask, script: Script, database: Database, deliver_all: DeliverAll
) -> None:
    card = ask()

    assert script.manifest(serial="C02XYZ123DEF", site="paris", build="basic").status_code == 200
    with database.begin() as session:
        assert unknown.settle_known(session, datetime.now(UTC)) == 1

    deliver_all()
    assert "Its own script says that it is for *paris* / *basic*" in card.text
