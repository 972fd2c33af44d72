"""The digest, now."""

from bot.blocks import digests as shown
from bot.blocks.texts import Message
from bot.dependencies import Asker, Dependencies
from bot.dispatch import Dispatcher
from bot.wanted import Digest
from provisioning import digests


def attach(dispatcher: Dispatcher, dependencies: Dependencies) -> None:
    """Answer the command; the daily one is the clerk's."""

    def digest(_: Digest, __: Asker) -> Message:
        with dependencies.database.reading() as session:
            return shown.digest(digests.gather(session, dependencies.clock()), dependencies.command)

    dispatcher.handle(Digest, digest)
