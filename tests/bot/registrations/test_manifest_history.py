"""A manifest's last change in Slack, and the button that takes it back."""

import plistlib
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from bot.registrations.manifest_history import RESTORE_BUTTON
from infrastructure.database.engine import Database
from provisioning.munki.models import Revision
from tests.fakes.slack import Person, Reply, Workspace
from tests.support.fixtures.doors import Script, Work
from tests.support.installation import CHANNEL

MAC = "C02XG0FDJGH5"
FORMER = plistlib.dumps({"catalogs": ["testing"], "notes": "an admin's own"})


@pytest.fixture
def alice(bot: Flask, slack: Workspace) -> Person:
    """A person who may do everything."""
    del bot
    return slack.person("U0ALICE", name="alice")


@pytest.fixture
def manifest(repo_folder: Path, script: Script) -> Path:
    """A manifest that was there before its Mac booted, and was changed then."""
    path = repo_folder / "manifests" / MAC
    path.write_bytes(FORMER)
    script.manifest(serial=MAC, site="london", build="design")
    return path


def shown(alice: Person) -> Reply:
    """The answer that Alice gets to `/mac show`."""
    return alice.slash("/mac", f"show {MAC}", channel=CHANNEL)


def text_of(reply: Reply) -> str:
    """All that a reply says."""
    return "\n".join(block["text"]["text"] for block in reply.blocks if "text" in block)


def test_a_macs_details_show_which_keys_changed_and_which_stayed(
    alice: Person, manifest: Path
) -> None:
    said = text_of(shown(alice))

    assert "*Its manifest* was changed" in said
    assert "new: `included_\u200bmanifests`" in said or "new: `included_manifests`" in said
    assert "kept as they were: `catalogs`, `notes`" in said
    assert "\n\n" not in said


def test_former_bytes_of_a_manifest_come_back_and_the_channel_hears_who_did_it(
    alice: Person, manifest: Path, work: Work, slack: Workspace
) -> None:
    alice.click(shown(alice), RESTORE_BUTTON)
    work()

    assert manifest.read_bytes() == FORMER
    said = [message.text for message in slack.channels[CHANNEL].messages]
    assert "<@U0ALICE> brought the manifest" in "\n".join(said)


def test_pressed_twice_it_comes_back_once(alice: Person, manifest: Path, work: Work) -> None:
    reply = shown(alice)
    alice.click(reply, RESTORE_BUTTON)
    alice.click(reply, RESTORE_BUTTON)
    work()

    assert manifest.read_bytes() == FORMER


def test_a_change_that_is_kept_no_more_is_told_as_such(
    alice: Person, database: Database, manifest: Path, work: Work
) -> None:
    reply = shown(alice)
    content = manifest.read_bytes()
    with database.begin() as session:
        session.execute(delete(Revision))  # as the retention does once a later one is there
    alice.click(reply, RESTORE_BUTTON)
    work()

    assert manifest.read_bytes() == content
    said = alice.dm.messages[-1].text
    assert "was not restored: That change is so old that it is not kept any more" in said


def test_what_was_changed_since_stays_and_who_asked_is_told(
    alice: Person, manifest: Path, work: Work
) -> None:
    reply = shown(alice)
    later = plistlib.dumps({"catalogs": ["production"], "notes": "later"})
    manifest.write_bytes(later)
    alice.click(reply, RESTORE_BUTTON)
    work()

    assert manifest.read_bytes() == later
    assert "was not restored" in alice.dm.messages[-1].text


def test_the_source_of_a_change_is_told_in_the_readers_language(
    alice: Person, slack: Workspace, manifest: Path
) -> None:
    greta = slack.person("U0GRETA", name="greta", locale="de-DE")

    assert "(erster Start)" in text_of(shown(greta))


def test_a_manifest_that_was_made_has_a_button_that_says_remove(
    alice: Person, repo_folder: Path, script: Script, work: Work
) -> None:
    """It was "Restore", and what it restored was that there was none."""
    made = repo_folder / "manifests" / "C02YK1QWLVDN"
    script.manifest(serial=made.name, site="london", build="design")
    reply = alice.slash("/mac", f"show {made.name}", channel=CHANNEL)
    [button] = [block["accessory"] for block in reply.blocks if "accessory" in block]
    assert button["text"]["text"] == "Remove it"
    assert button["confirm"]["title"]["text"] == "Remove this manifest?"

    alice.click(reply, RESTORE_BUTTON)
    work()
    assert not made.exists()
