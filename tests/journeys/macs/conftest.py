"""One Rollcall for all tests of this folder: each of them speaks about Macs of its own.

Their serials have to differ in more than a letter, or Slack's users are asked whether they meant
another test's Mac.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.test_compose import WRITES
from tests.fakes.imagr.reports import REPORT_KEY
from tests.fakes.slack import Message, Workspace
from tests.fakes.smtp import Mailbox, running
from tests.support.installation import CHANNEL, Installation, can_mount
from tools.demo.playing import Played, rollcall_at_work

DESIGN = """{% extends "shipped/base.plist" %}
{% block components %}
<dict>
    <key>type</key><string>image</string>
    <key>url</key><string>http://images.lan/{= build|urlencode =}.dmg</string>
</dict>
{% endblock %}
{% block more %}
<key>restart_action</key><string>shutdown</string>
{% endblock %}
"""

POLICY = """
[sites.bergen]
prestage = true

[sites.turin]
email = ["turin@example.com"]

[webhooks]
allow = ["127.0.0.1/32"]
"""

READERS = tuple(part for part, writes in WRITES.items() if not writes)


class Imaging(Workspace):
    """A Slack whose channel hears of many Macs."""

    def about(self, serial: str) -> list[Message]:
        """The channel's messages that name a Mac, oldest first."""
        said = self.channels[CHANNEL].messages
        return [message for message in said if serial in f"{message.text}{message.blocks}"]


@pytest.fixture(scope="package")
def mailbox() -> Iterator[Mailbox]:
    """The mail server that the relay sends by."""
    with running(Mailbox()) as mailbox:
        yield mailbox


@pytest.fixture(scope="package")
def played(
    tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox, migrated_sqlite: Path
) -> Iterator[Played]:
    """The demo at work: each process alone, in Socket Mode, with a template for designers' Macs.

    The Munki repo is mounted for each as compose.yaml has it, where the machine can do that. Slack
    never asks for patience. Trouble at the site `turin` alone is mailed.
    """
    folder = tmp_path_factory.mktemp("macs")
    shutil.copy(migrated_sqlite, folder / "rollcall.sqlite3")  # `migrate` looks at it
    policy = folder / "rollcall.toml"
    policy.write_text(POLICY)
    template = folder / "templates/imagr/builds/design.plist"
    template.parent.mkdir(parents=True)
    template.write_text(DESIGN)
    with rollcall_at_work(
        folder,
        Imaging(pace=None),
        readers=READERS if can_mount(folder) else (),
        has_board=True,
        has_news=False,  # no page of it is open
        ROLLCALL_POLICY=str(policy),
        ROLLCALL_REPORT_KEYS=f"an-older-key-of-ours-1,{REPORT_KEY}",
        ROLLCALL_TEMPLATES=str(folder / "templates"),
        ROLLCALL_SMTP_URL=mailbox.url,
        ROLLCALL_MAIL_FROM="rollcall@example.com",
    ) as played:
        yield played


@pytest.fixture(scope="package")
def slack(played: Played) -> Imaging:
    """Its Slack."""
    assert isinstance(played.slack, Imaging)
    return played.slack


@pytest.fixture(scope="package")
def rollcall(played: Played) -> Installation:
    """Its processes."""
    return played.rollcall
