"""The listener of the command that shows the digest now."""

from bot.commands.dispatch import Dispatcher
from bot.commands.models import DigestCommand
from bot.monitoring import digest_blocks
from bot.slack.markup import Message
from provisioning.maintenance.acts.actors import Principal
from provisioning.monitoring.digest import gather


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command; the daily one is the job runner's."""
    dependencies = dispatcher.dependencies

    def digest(_: DigestCommand, __: Principal) -> Message:
        with dependencies.database.reading() as session:
            return digest_blocks.digest(
                gather(session, dependencies.clock()), dependencies.command, dependencies.kinds.form
            )

    dispatcher.handle(DigestCommand, digest)
