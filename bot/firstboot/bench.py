"""Listeners for benches, which say beforehand where the next unknown Macs go."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.commands.dispatch import Dispatcher
from bot.commands.models import BenchCommand
from bot.dependencies import BotDependencies, Requester
from bot.firstboot import bench_blocks
from bot.slack import replies
from bot.slack.markup import Message
from provisioning.firstboot import bench as promises
from provisioning.firstboot.models import Bench
from provisioning.registrations.models import BENCHED


def register_listeners(app: App, dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the command that opens a bench, and the button that ends it."""

    def start(wanted: BenchCommand, asker: Requester) -> Message:
        destination = dependencies.repo.destination(wanted.site, wanted.build)
        dependencies.permit(asker, destination.site)
        with dependencies.database.reading() as session:
            other = promises.current(session, dependencies.clock())
        if other is not None:
            return bench_blocks.occupied(other)
        with dependencies.acting(BENCHED, asker) as (session, operation):
            bench = promises.start(
                session,
                destination,
                number=wanted.wanted,
                until=operation.at + wanted.lasting,
                operation=operation,
                channel=dependencies.channel_of(destination.site),
            )
            return bench_blocks.opened(bench, operation)

    def end(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        asker, bench_id = Requester(body["user"]["id"], "button"), int(action["value"])
        with dependencies.database.reading() as session:
            site = session.get_one(Bench, bench_id).site
        dependencies.permit(asker, site)
        with dependencies.database.begin() as session:
            bench = promises.end(session, bench_id, by=asker.user, at=dependencies.clock())
            replies.leave(context, bench_blocks.ended(bench))
        ack()

    dispatcher.handle(BenchCommand, start)
    app.action(bench_blocks.END)(ack=end, lazy=[replies.later])
