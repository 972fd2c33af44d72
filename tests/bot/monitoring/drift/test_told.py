"""Manifests that admins change behind Rollcall's back, and the messages about them."""

from hashlib import md5

import pytest
from flask import Flask

from tests.bot.firstboot.unknown.asking import told
from tests.bot.monitoring.conftest import B, Fleet, S
from tests.bot.monitoring.drift.conftest import MAC, OVER, DriftedMac, Work, buttons, drifts, words
from tests.fakes.slack import Person, Workspace
from tests.support.fixtures.doors import Script
from tests.support.installation import CHANNEL
from tests.support.soaking import in_soak, soak_only

pytestmark = pytest.mark.usefixtures("bot", "unhurried")


@pytest.mark.postgresql(soak=True)
def test_a_drift_is_told_once_in_the_thread_of_the_macs_card(
    mac: DriftedMac, slack: Workspace
) -> None:
    assert mac.messages == []
    mac.send()
    mac.scan()

    [message] = mac.messages
    assert (
        f"The manifest of `{MAC}` leads to *paris* / *kiosk*; it is registered for "
        "*london* / *design*."
    ) in words(message)
    assert message.thread_ts == slack.channels[CHANNEL].messages[0].ts
    assert buttons(message) == ["Put back", "Take over"]


def test_a_second_site_is_told(mac: DriftedMac) -> None:
    mac.edit(included_manifests=["site_default", f"{S}/london", f"{S}/paris", f"{B}/design"])

    said = mac.words.replace("\u200b", "")
    assert f"It also includes *{S}/paris*." in said
    assert "it does not lead to one site and one build" in said


def test_what_the_repo_does_not_offer_is_not_taken_over_and_the_message_says_why(
    mac: DriftedMac,
) -> None:
    mac.send("rome", "design")

    assert mac.buttons == ["Put back"]
    assert "cannot be changed to match: the repo does not offer rome/design." in mac.words


@pytest.mark.parametrize(
    ("end", "word"),
    [
        ("agree", "It went back to what it was"),
        ("cancel", "The registration was cancelled"),
        *in_soak(
            "settled as one that was cancelled",
            ("call", "written again"),
            ("move", "waits for another first boot"),
        ),
    ],
)
def test_a_drift_that_is_over_settles_by_itself(
    mac: DriftedMac, fleet: Fleet, alice: Person, end: str, word: str
) -> None:
    mac.send()

    match end:
        case "agree":
            fleet.send(MAC, "london", "design")
        case "call":
            mac.call()
        case "move":
            alice.slash("/mac", f"move {MAC} paris kiosk", channel=CHANNEL)
        case _:
            alice.slash("/mac", f"cancel {MAC}", channel=CHANNEL)
    mac.scan()

    assert word in mac.words
    assert mac.buttons == []
    assert len(mac.messages) == 1


@soak_only("one that is over and one that is told are held beside this")
def test_another_drift_after_that_is_told_anew(mac: DriftedMac) -> None:
    for site in ("paris", "london", "paris"):
        mac.send(site, "design")

    assert len(mac.messages) == 2


def test_a_message_is_edited_where_the_manifest_changes_again(
    mac: DriftedMac, fleet: Fleet, alice: Person
) -> None:
    mac.send()
    fleet.send(MAC, "new york", "basic")
    alice.click(mac.message, OVER)
    told(alice, "has changed in the meantime, so nothing was done")

    mac.work()

    assert "leads to *new york* / *basic*" in mac.words
    assert len(mac.messages) == 1


def test_more_than_five_are_one_message_with_the_first_ten(
    fleet: Fleet, work: Work, slack: Workspace, alice: Person
) -> None:
    macs = sorted(f"C02{md5(bytes(each)).hexdigest()[:9].upper()}" for each in range(11))
    fleet.boot(*macs)
    work()
    for mac in macs:
        fleet.send(mac, "paris", "kiosk")

    work(hours=1)

    [message] = drifts(slack)
    assert "The manifests of 11 Macs are not as Rollcall wrote them:" in words(message)
    assert message.thread_ts in (None, message.ts)
    assert words(message).count("leads to *paris*") == 10
    assert "… and 1 more" in words(message)
    fleet.send(macs[0], "london", "design")
    work(hours=1)
    assert words(message).count("It went back to what it was") == 1


def test_the_digest_and_the_doctor_name_macs_with_another_manifest(
    mac: DriftedMac, alice: Person, app: Flask, script: Script
) -> None:
    mac.send()

    shown = alice.ask("/mac", "digest", channel=CHANNEL)
    answer = app.test_client().get("/readyz?full", headers=script.basic)

    assert "1 with another manifest" in shown.blocks[0]["text"]["text"]
    assert MAC in shown.blocks[0]["text"]["text"]
    assert (
        f"The manifest of {MAC} leads to paris/kiosk; it is registered for london/design. Put it "
        f"back or take it over: `/mac show {MAC}`."
    ) in answer.text
