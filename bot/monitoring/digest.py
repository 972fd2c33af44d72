"""The digest, now."""

from bot.commands.dispatch import Dispatcher
from bot.commands.models import Digest
from bot.dependencies import Asker, Dependencies
from bot.monitoring import digest_blocks as shown
from bot.slack.markup import Message
from provisioning.monitoring import digest as digests


def attach(dispatcher: Dispatcher, dependencies: Dependencies) -> None:
    """Answer the command; the daily one is the clerk's."""

    def digest(_: Digest, __: Asker) -> Message:
        with dependencies.database.reading() as session:
            return shown.digest(digests.gather(session, dependencies.clock()), dependencies.command)

    dispatcher.handle(Digest, digest)
