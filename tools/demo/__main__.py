"""The story of the demo: three Macs are registered in a stand-in Slack, and boot.
Then the stand-in Slack and the Macs are a page, to play on.
"""

import shutil
import signal
import sys
import threading
from pathlib import Path

import click

from tests.support.installation import ROOT
from tools.demo.page.bench import DONE, DemoMacs
from tools.demo.playing import Played, page_of, rollcall_at_work
from tools.demo.story import BATCH, SINGLE, Story

FOLDER = ROOT / ".demo"
ENDING = """
That was the real server, the real bot (in Socket Mode) and the real relay, with a database.
What to look at, and what to try next:

  {folder}/munki_repo/manifests            what was written, and what a Munki client reads
  {folder}/rollcall.log                    what the processes said, one JSON line for each thing
  templates/scripts/base.sh.j2          what a Mac runs
  make test                             how all of this is kept true
  cp .env.example .env && make run      the same for your own Slack and Munki repo;
                                        docs/tutorial/first-mac.md says how to
                                        get from here to your first real Mac
"""
INVITATION = """
Now it is your turn: everything still runs, and you are alice, bob, carol, dora or greta.

  {url}   a chat where /mac works, and a bench of Macs to boot;
                            from there to the board, as whoever you are

Ctrl-C ends it.
"""


@click.command()
@click.option("--once", is_flag=True, help="End after the story, without the page.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where the page is served.")
def demo(*, once: bool, port: int) -> None:
    """Play the whole story on this machine; what it made stays in .demo to be looked at."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    click.echo("Starting the server, the bot and the relay …")
    with rollcall_at_work(FOLDER, has_board=True) as played:
        Story(played.slack, played.rollcall).play()
        click.echo(ENDING.format(folder=FOLDER.relative_to(Path.cwd())))
        if not once:
            _serve(played, port)


def _serve(played: Played, port: int) -> None:
    """Serve the page until Ctrl-C, or until another process ends this one."""
    asked = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: asked.set())
    set_out(played.bench)
    with page_of(played, port) as page:
        click.echo(INVITATION.format(url=page.url))
        asked.wait()
    click.echo("Ending the server, the bot and the relay …")


def set_out(bench: DemoMacs) -> None:
    """The Macs of the story, and two without a registration."""
    for serial in (*BATCH, SINGLE):
        bench.add(serial).becomes(DONE, "booted in the story above")
    bench.add()
    bench.add()


if __name__ == "__main__":
    sys.exit(demo())
