"""One Rollcall for all tests of this folder: each of them speaks about Macs of its own.

Their serials have to differ in more than a letter, or Slack's users are asked whether they meant
another test's Mac.
"""

from collections.abc import Iterator

import pytest

from tests.fakes.imagr.reports import REPORT_KEY
from tests.fakes.slack import Message, Workspace
from tests.support.installation import CHANNEL, Installation
from tests.support.samples import sample_repo

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


class Imaging(Workspace):
    """A Slack whose channel hears of many Macs."""

    def about(self, serial: str) -> list[Message]:
        """The channel's messages that name a Mac, oldest first."""
        said = self.channels[CHANNEL].messages
        return [message for message in said if serial in f"{message.text}{message.blocks}"]


@pytest.fixture(scope="package")
def slack() -> Iterator[Imaging]:
    """A Slack that never asks for patience."""
    with Imaging(pace=None) as workspace:
        workspace.add_channel(CHANNEL, name="imaging")
        yield workspace


@pytest.fixture(scope="package")
def rollcall(tmp_path_factory: pytest.TempPathFactory, slack: Imaging) -> Iterator[Installation]:
    """Everything in one container, over HTTP, with a template for designers' Macs."""
    folder = tmp_path_factory.mktemp("macs")
    template = folder / "templates/imagr/builds/design.plist"
    template.parent.mkdir(parents=True)
    template.write_text(DESIGN)
    settings = {
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "ROLLCALL_REPORT_KEYS": f"an-older-key-of-ours-1,{REPORT_KEY}",
        "ROLLCALL_TEMPLATES": str(folder / "templates"),
        "ROLLCALL_WORKERS": "1",
    }
    repo = sample_repo(folder / "munki_repo")
    with Installation(folder, repo, slack.api_url, settings=settings) as installation:
        installation.start()
        installation.wait_until_ready()
        slack.connect_http(f"{installation.url}/slack/events")
        yield installation
