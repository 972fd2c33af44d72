"""Previews of a Mac's boot, in Slack."""

import plistlib
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.fixtures.doors import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.usefixtures("bot"),
    pytest.mark.policy('[sites.london]\nname = "lab-{n:03}"\n'),
]


def typed(person: Person, text: str) -> str:
    reply = person.slash("/mac", text, channel=CHANNEL)
    assert reply.error is None, person.errors
    assert reply.response_type == "ephemeral"
    return readable(person.ephemerals[-1])


def test_a_technician_sees_what_would_happen_and_the_files(
    alice: Person, database: Database
) -> None:
    register(database, "C02AAA")

    told = typed(alice, "preview c02aaa")

    assert "*C02AAA would go to london/design.*" in told
    assert "• <@U0ALICE> registered it for london/design on " in told
    assert "It would be called lab-001 now" in told
    assert "&lt;string&gt;included_manifests/sites/london&lt;/string&gt;" in told
    assert "token=REDACTED" in told


def test_a_bot_that_does_not_know_the_servers_address_says_so(
    alice: Person, database: Database
) -> None:
    register(database, "C02AAA")

    told = typed(alice, "preview C02AAA")

    assert "The bot has no BOOTSTRAP" in told
    assert "server=http://BOOTSTRAP_URL" in told


def test_a_workflow_that_names_a_place_is_foreseen_too(alice: Person) -> None:
    told = typed(alice, "preview C02AAA paris basic")

    assert "*C02AAA would go to paris/basic.*" in told
    assert "Nobody registered it, so it goes where its script says" in told


def test_what_is_no_serial_is_answered_with_what_to_type(alice: Person) -> None:
    assert "One serial" in typed(alice, "preview")
    assert "One serial" in typed(alice, "preview C02AAA london")
    assert "is not a serial number" in typed(alice, "preview a/b")


def test_where_admins_are_named_only_they_see_the_script(
    alice: Person, policy_file: Path, database: Database
) -> None:
    policy_file.write_text('admins = ["U0BOB"]\n')
    register(database, "C02AAA")
    eventually(lambda: "You may not" in typed(alice, "log"))

    told = typed(alice, "preview C02AAA")

    assert "Its script is shown to admins." in told
    assert "token=" not in told
    assert "included_manifests/sites/london" in told


def test_files_that_are_too_long_come_as_messages(
    alice: Person, slack: Workspace, database: Database, repo_folder: Path, deliver_all: DeliverAll
) -> None:
    register(database, "C02AAA")
    present = {"catalogs": ["testing"], "managed_installs": ["`<Firefox>&" * 5] * 400}
    (repo_folder / "manifests/C02AAA").write_bytes(plistlib.dumps(present))

    told = typed(alice, "preview C02AAA")
    deliver_all()

    assert "The files come as messages from Rollcall." in told
    assert "token=" not in told
    files = {
        "-".join(file.name.split("-")[:2]): file.content
        for message in slack.channels[alice.dm.id].messages
        for file in message.files
    }
    assert list(files) == ["C02AAA-manifest", "C02AAA-script"]
    assert plistlib.loads(files["C02AAA-manifest"])["managed_installs"][0].startswith("`<")
    assert b"token=REDACTED" in files["C02AAA-script"]
