"""Everything that the demo plays with: a stand-in Slack, Rollcall's processes, Macs on a bench."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL, ROOT, Installation
from tests.support.samples import sample_repo
from tools.demo.page.actions.shortcuts import shortcuts_of
from tools.demo.page.app import create_app
from tools.demo.page.bench import Bench
from tools.demo.page.people import CAST, gather
from tools.demo.page.serving import Serving

CHANNELS = {CHANNEL: "imaging", "C0HELPDESK": "helpdesk"}


class Played(NamedTuple):
    """The running parts of the demo."""

    slack: Workspace
    rollcall: Installation
    bench: Bench


@contextmanager
def rollcall_at_work(
    folder: Path, workspace: Workspace | None = None, readers: Collection[str] = (), **more: str
) -> Iterator[Played]:
    """All of Rollcall as processes that keep everything in `folder`, ready for work.

    `workspace` is one that is not open yet; `readers` are the roles that have the repo mounted
    read-only; `more` are settings of the environment.
    """
    repo = sample_repo(folder / "munki_repo")
    with workspace or Workspace() as slack:
        for channel, name in CHANNELS.items():
            slack.add_channel(channel, name=name)
        gather(slack)
        settings = {"SLACK_APP_TOKEN": slack.app.app_token, "ROLLCALL_WORKERS": "1", **more}
        installed = Installation(folder, repo, slack.api_url, settings=settings, readers=readers)
        with installed as rollcall:
            rollcall.run("migrate")
            rollcall.start("server", "bot", "relay", "jobs")
            rollcall.wait_until_ready()
            slack.wait_for_socket(20)
            bench = Bench(rollcall.mac)
            try:
                yield Played(slack, rollcall, bench)
            finally:
                bench.clear()


def page_of(played: Played, port: int = 0) -> Serving:
    """The page to play with them."""
    return Serving(
        create_app(played.slack, CAST, played.bench, shortcuts_of(ROOT / "slack-app.yaml")), port
    )
