"""Listeners of benches: a bench is a destination for the next unknown Macs."""

from bot.commands.dispatch import Dispatcher, Press
from bot.commands.models import BenchCommand
from bot.firstboot import bench_blocks
from bot.slack.markup import Message
from provisioning.firstboot import benches
from provisioning.maintenance.acts import benching
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.benching import BenchRequest


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command that opens a bench, and the button that ends it."""
    dependencies = dispatcher.dependencies

    def start(command: BenchCommand, principal: Principal) -> Message:
        destination = dependencies.repo.now().destination(command.site, command.build)
        principal.permit(destination.site)
        with dependencies.database.reading() as session:
            current = benches.current(session, principal.at)
        if current is not None:
            return bench_blocks.occupied(current)
        bench, operation = benching.start(
            BenchRequest(destination, command.size, command.duration, command.takes_named),
            principal,
            channel_of=dependencies.channel_of,
        )
        return bench_blocks.opened(bench, operation)

    def end(press: Press) -> Message:
        return bench_blocks.ended(benching.end(press.number, press.principal))

    dispatcher.handle(BenchCommand, start)
    dispatcher.answer_button(bench_blocks.END, end)
