"""Listeners of benches: a bench is a destination for the next unknown Macs."""

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
from provisioning.firstboot.models import Bench
from provisioning.registrations.models import BENCHED


def register_listeners(app: App, dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the command that opens a bench, and the button that ends it."""

    def start(command: BenchCommand, requester: Requester) -> Message:
        destination = dependencies.repo.now().destination(command.site, command.build)
        dependencies.permit(requester, destination.site)
        with dependencies.database.reading() as session:
            current = benches.current(session, dependencies.clock())
        if current is not None:
            return bench_blocks.occupied(current)
        with dependencies.acting(BENCHED, requester) as (session, operation):
            bench = benches.start(
                session,
                destination,
                number=command.size,
                takes_named=command.takes_named,
                until=operation.at + command.duration,
                operation=operation,
                channel=dependencies.channel_of(destination.site),
            )
            return bench_blocks.opened(bench, operation)

    def end(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        requester, bench_id = Requester.of(body), payloads.number(action["value"])
        with dependencies.database.reading() as session:
            site = session.get_one(Bench, bench_id).site
        dependencies.permit(requester, site)
        with dependencies.database.begin() as session:
            bench = benches.end(session, bench_id, by=requester.user, at=dependencies.clock())
            replies.leave(context, bench_blocks.ended(bench))
        ack()

    dispatcher.handle(BenchCommand, start)
    app.action(bench_blocks.END)(ack=end, lazy=[replies.later])
