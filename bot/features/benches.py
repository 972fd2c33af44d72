"""Bench mode: saying beforehand where the next unknown Macs go."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot import replies
from bot.blocks import benches
from bot.blocks.texts import Message
from bot.dependencies import Asker, Dependencies
from bot.dispatch import Dispatcher
from bot.wanted import OpenBench
from provisioning import benches as promises
from provisioning.acts import BENCHED
from provisioning.models.firstboot import Bench


def attach(app: App, dispatcher: Dispatcher, dependencies: Dependencies) -> None:
    """Answer the command that opens a bench, and the button that ends it."""

    def start(wanted: OpenBench, asker: Asker) -> Message:
        destination = dependencies.repo.destination(wanted.site, wanted.build)
        dependencies.permit(asker, destination.site)
        with dependencies.database.reading() as session:
            other = promises.current(session, dependencies.clock())
        if other is not None:
            return benches.occupied(other)
        with dependencies.acting(BENCHED, asker) as (session, act):
            bench = promises.start(
                session,
                destination,
                wanted=wanted.wanted,
                until=act.at + wanted.lasting,
                act=act,
                channel=dependencies.channel_of(destination.site),
            )
            return benches.opened(bench, act)

    def end(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        asker, bench_id = Asker(body["user"]["id"], "button"), int(action["value"])
        with dependencies.database.reading() as session:
            site = session.get_one(Bench, bench_id).site
        dependencies.permit(asker, site)
        with dependencies.database.begin() as session:
            bench = promises.end(session, bench_id, by=asker.user, at=dependencies.clock())
            replies.leave(context, benches.ended(bench))
        ack()

    dispatcher.handle(OpenBench, start)
    app.action(benches.END)(ack=end, lazy=[replies.later])
