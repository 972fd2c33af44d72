"""A site for the image under test: a Munki repo and a Slack on this host, and the settings."""

import os
import plistlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fakes.mac import Mac
from tests.fakes.slack import Message, Workspace
from tests.support.databases.postgres import free_port
from tests.support.inputs.samples import sample_repo
from tests.support.installation import CHANNEL, USERNAME
from tests.support.waiting import eventually

USER = 1000  # who the image runs as


class Site:
    """The surroundings of a container. `repo` and `env_file` are below `folder`."""

    def __init__(self, folder: Path, slack: Workspace) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.slack = slack
        self.secrets = {
            "BOOTSTRAP_PASSWORD": secrets.token_urlsafe(16),
            "ROLLCALL_SECRET_KEY": secrets.token_hex(32),
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        }
        settings = {
            "BOOTSTRAP_URL": self.url,
            "BOOTSTRAP_USERNAME": USERNAME,
            "PORT": str(port),
            "ROLLCALL_CHANNEL": CHANNEL,
            "SLACK_API_URL": slack.api_url,
            **self.secrets,
        }
        # A file, because everybody on the host can read a command line.
        self.env_file = folder / "env"
        self.env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        self.repo = sample_repo(folder / "munki_repo")
        _give(self.repo / "manifests")
        slack.add_channel(CHANNEL, name="imaging")
        slack.connect_http(f"{self.url}/slack/events")

    def mac(self, serial: str) -> Mac:
        """A Mac that knows the server and its credentials."""
        password = self.secrets["BOOTSTRAP_PASSWORD"]
        return Mac(serial, self.url, username=USERNAME, password=password)

    def register(self, serial: str) -> None:
        """Have a technician register a Mac for london and design, in Slack.

        They type it again where a worker has not met them and cannot ask a Slack that is away.
        """
        eventually(
            lambda: f"Registered `{serial}`" in self.typed(f"register {serial} london design")
        )

    def typed(self, text: str) -> str:
        """Have the technician type a command; return its answer."""
        technician = self.slack.person("U0ALICE", name="alice")
        return technician.slash("/mac", text, channel=CHANNEL).text

    def included(self, serial: str) -> list[str]:
        """The included manifests in the manifest of a Mac, as the host reads it."""
        manifest = plistlib.loads((self.repo / "manifests" / serial).read_bytes())
        return list(manifest["included_manifests"])

    def messages(self, serial: str) -> list[Message]:
        """The channel's messages that name a Mac, oldest first."""
        said = self.slack.channels[CHANNEL].messages
        return [message for message in said if serial in f"{message.text}{message.blocks}"]


@contextmanager
def site() -> Iterator[Site]:
    """A site with secrets of its own, which is gone afterwards."""
    token, signing_secret = f"xoxb-{secrets.token_hex(16)}", secrets.token_hex(16)
    with (
        TemporaryDirectory(prefix="rollcall-image") as folder,
        Workspace(bot_token=token, signing_secret=signing_secret) as slack,
    ):
        yield Site(Path(folder), slack)


def _give(folder: Path) -> None:
    """Let the image's user write into a folder of the host."""
    if os.getuid() == 0:
        os.chown(folder, USER, USER)
    else:
        folder.chmod(0o777)
