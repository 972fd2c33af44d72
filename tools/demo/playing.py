"""Everything that the demo plays with: a stand-in Slack, Rollcall's processes, Macs on a bench."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.fakes.openid import CLIENT, OpenIdProvider, running
from tests.fakes.slack import Workspace
from tests.support.databases.postgres import free_port
from tests.support.inputs.samples import sample_repo
from tests.support.installation import CHANNEL, ROOT, Installation
from tests.support.running.front import front
from tools.demo.page.actions.shortcuts import shortcuts_of
from tools.demo.page.app import create_app
from tools.demo.page.bench import DemoMacs
from tools.demo.page.board import Board
from tools.demo.page.people import CAST, gather
from tools.demo.page.serving import Serving

CHANNELS = {CHANNEL: "imaging", "C0HELPDESK": "helpdesk"}


class Played(NamedTuple):
    """The running parts of the demo; `sign_in` is Slack's door for people, if there is a board."""

    slack: Workspace
    rollcall: Installation
    bench: DemoMacs
    sign_in: OpenIdProvider | None


@contextmanager
def rollcall_at_work(
    folder: Path,
    workspace: Workspace | None = None,
    readers: Collection[str] = (),
    *,
    has_board: bool = False,
    has_news: bool = True,
    **more: str,
) -> Iterator[Played]:
    """All of Rollcall as processes that keep everything in `folder`, ready for work.

    `workspace` is one that is not open yet; `readers` are the roles that have the repo mounted
    read-only; a board hears of news where it `has_news`; `more` are settings of the environment.
    """
    repo = sample_repo(folder / "munki_repo")
    with ExitStack() as stack:
        slack = stack.enter_context(workspace or Workspace())
        for channel, name in CHANNELS.items():
            slack.add_channel(channel, name=name)
        gather(slack)
        settings = {"SLACK_APP_TOKEN": slack.app.app_token, "ROLLCALL_WORKERS": "1", **more}
        installed = Installation(folder, repo, slack.api_url, settings=settings, readers=readers)
        rollcall = stack.enter_context(installed)
        sign_in = stack.enter_context(_board(rollcall)) if has_board else None
        rollcall.run("migrate")
        rollcall.start("bot", "relay", "jobs")
        if sign_in is not None:
            rollcall.environment["SLACK_API_URL"] = f"{sign_in.url}/api/"
            if has_news:
                rollcall.start("live")
        rollcall.start("server")
        rollcall.wait_until_ready()
        slack.wait_for_sockets(timeout=20)
        bench = DemoMacs(rollcall.mac)
        stack.callback(bench.clear)
        yield Played(slack, rollcall, bench, sign_in)


@contextmanager
def _board(rollcall: Installation) -> Iterator[OpenIdProvider]:
    """Give it a board behind a proxy, and yield the provider that signs people in there."""
    (client_id, client_secret), live = CLIENT, free_port()
    with (
        front(rollcall.port, live) as url,
        running(f"{url}/board/sign-in/slack/callback") as provider,
    ):
        rollcall.environment |= {
            "ROLLCALL_URL": url,
            "ROLLCALL_LIVE_PORT": str(live),
            "SLACK_CLIENT_ID": client_id,
            "SLACK_CLIENT_SECRET": client_secret,
        }
        yield provider


def page_of(played: Played, port: int = 0) -> Serving:
    """The page to play with them."""
    url = played.rollcall.environment.get("ROLLCALL_URL", "")
    board = Board(url, played.sign_in) if played.sign_in else None
    shortcuts = shortcuts_of(ROOT / "slack-app.yaml")
    return Serving(create_app(played.slack, CAST, played.bench, shortcuts, board), port)
