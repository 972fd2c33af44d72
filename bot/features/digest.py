"""The digest, now."""

from slack_bolt import App

from bot.blocks import digests as shown
from bot.blocks.texts import Message
from bot.desk import Asker, Desk
from bot.wanted import Digest
from provisioning import digests


def attach(app: App, desk: Desk) -> None:
    """Answer the command; the daily one is the clerk's."""
    del app

    def digest(_: Digest, __: Asker) -> Message:
        with desk.database.reading() as session:
            return shown.digest(digests.gather(session, desk.clock()), desk.command)

    desk.answers(Digest, digest)
