"""Plays the story: three Macs are registered in a stand-in Slack, boot, and get their manifests."""

import shutil
import sys
from pathlib import Path

import click

from demo.story import Story
from tests.support.installation import CHANNEL, ROOT, Installation
from tests.support.samples import sample_repo
from tests.support.slack import Workspace

FOLDER = ROOT / ".demo"
ENDING = """
That was the real server, the real bot (in Socket Mode) and the real courier, with a database.
What to look at, and what to try next:

  {folder}/munki_repo/manifests   what was written, and what a Munki client reads
  {folder}/rollcall.log           what the processes said, one JSON line for each thing
  templates/scripts/base.sh.j2          what a Mac runs
  make test                             how all of this is kept true
  cp .env.example .env && make run      the same for your own Slack and Munki repo; README.md
                                        says how to get from here to your first real Mac
"""


@click.command()
def demo() -> None:
    """Play the whole story on this machine; what it made stays in .demo to be looked at."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    repo = sample_repo(FOLDER / "munki_repo")
    with Workspace() as slack:
        slack.add_channel(CHANNEL, name="imaging")
        settings = {"SLACK_APP_TOKEN": slack.app.app_token}
        with Installation(FOLDER, repo, slack.api_url, settings=settings) as rollcall:
            click.echo("Starting the server, the bot and the courier …")
            rollcall.run("migrate")
            rollcall.start("server", "bot", "courier")
            rollcall.wait_until_ready()
            slack.wait_for_socket(20)
            Story(slack, rollcall).play()
    click.echo(ENDING.format(folder=FOLDER.relative_to(Path.cwd())))


if __name__ == "__main__":
    sys.exit(demo())
