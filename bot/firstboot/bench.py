"""Listeners of benches: a bench is a destination for the next unknown Macs."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.commands.dispatch import Dispatcher
from bot.commands.models import BenchCommand
from bot.dependencies import BotDependencies, Requester
from bot.firstboot import bench_blocks
from bot.slack import payloads, replies
from bot.slack.markup import Message
from provisioning.firstboot import benches
from provisioning.maintenance import benching
from provisioning.maintenance.benching import WantedBench


def register_listeners(app: App, dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the command that opens a bench, and the button that ends it."""

    def start(command: BenchCommand, requester: Requester) -> Message:
        destination = dependencies.repo.now().destination(command.site, command.build)
        dependencies.permit(requester, destination.site)
        with dependencies.database.reading() as session:
            current = benches.current(session, dependencies.clock())
        if current is not None:
            return bench_blocks.occupied(current)
        bench, operation = benching.start(
            dependencies.database,
            WantedBench(destination, command.size, command.duration, command.takes_named),
            actor=requester.as_actor,
            permit=partial(dependencies.permit, requester),
            channel_of=dependencies.channel_of,
            at=dependencies.clock(),
        )
        return bench_blocks.opened(bench, operation)

    def end(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        requester = Requester.of(body)
        bench = benching.end(
            dependencies.database,
            payloads.number(action["value"]),
            actor=requester.as_actor,
            permit=partial(dependencies.permit, requester),
            at=dependencies.clock(),
        )
        replies.leave(context, bench_blocks.ended(bench))
        ack()

    dispatcher.handle(BenchCommand, start)
    app.action(bench_blocks.END)(ack=end, lazy=[replies.later])
