"""Messages about Macs that do not get on: silent Macs, reminders, the digest."""

from dataclasses import replace
from datetime import timedelta

from bot.delivery import silence
from bot.monitoring import digest_blocks
from provisioning.firstboot.models import UnknownMac
from provisioning.monitoring.digest import Digest, DigestPart
from provisioning.registrations.models import FAILED, IMAGING, Registration
from tests.bot.delivery.test_news import powerless
from tests.support.inputs.examples import (
    ANY_NAME,
    MARKUP,
    NOON,
    faults_in_a_channel,
    mac,
    macs,
    written,
)
from tests.support.tables import for_each


def some(number: int, total: int | None = None, **keys: object) -> DigestPart:
    return DigestPart(total or number, macs(number, **keys))


def stranger(name: str) -> UnknownMac:
    return UnknownMac(serial=name.upper(), reported_as=name, first_at=NOON, last_at=NOON)


def everything(name: str) -> Digest:
    told = {"site": name, "build": name, "step": name, "heard_at": NOON}
    return Digest(
        failed=some(10, 5000, state=FAILED, **told),
        stalled=some(10, 5000, state=IMAGING, mentioned_at=NOON, **told),
        waiting=some(10, 5000, site=name, build=name),
        drifted=some(10, 5000, site=name, build=name),
        unknown_macs=[stranger(f"{number:064}") for number in range(10)],
        unknown=5000,
    )


@ANY_NAME
def test_slack_takes_a_digest_of_any_size_and_with_any_name(name: str) -> None:
    message = digest_blocks.digest(everything(name), "/mac")

    assert faults_in_a_channel(message) == []
    assert powerless(written(replace(message, blocks=message.tableless)))
    assert "… and" in written(message)


@ANY_NAME
@for_each("number", [1, 21, 500])
def test_slack_takes_news_of_any_number_of_silent_macs(name: str, number: int) -> None:
    silent = macs(number, site=name, build=name, step=name * 4, heard_at=NOON)
    message = silence.stalled(silent, "U0ALICE")

    assert faults_in_a_channel(message) == []
    assert powerless(written(message))


@for_each("heard_at", [None, NOON + timedelta(minutes=1)])
def test_a_reminder_says_how_the_mac_stands(heard_at: object) -> None:
    this: Registration = mac(step=MARKUP if heard_at else None, heard_at=heard_at)
    message = silence.reminder(this)

    assert faults_in_a_channel(message) == []
    assert powerless(written(message))
    assert "waiting for its first boot" in written(message)


def test_without_the_table_they_are_lines_again() -> None:
    message = digest_blocks.digest(everything("london"), "/mac")
    lines = replace(message, blocks=message.tableless)

    assert written(lines).count("`, by <@") + written(lines).count("*, by <@") >= 30
    assert "| Goes to |" not in written(lines)
