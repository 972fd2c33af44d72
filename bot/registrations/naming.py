"""What a Mac is to be called."""

import json
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.commands.dispatch import Dispatcher
from bot.commands.models import NameCommand
from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.registrations import naming_blocks as blocks
from bot.slack import replies
from bot.slack.markup import Message
from provisioning.registrations import name_clashes, queries
from provisioning.registrations import naming as namings
from provisioning.values import computer_names
from provisioning.values.serials import Serial


def attach(
    app: App, dispatcher: Dispatcher, dependencies: BotDependencies, home: HomeRefresher
) -> None:
    """Answer the command that names a Mac, and the button of a name that is doubtful."""
    naming = Naming(dependencies)
    dispatcher.handle(
        NameCommand, lambda it, asker: naming.name(Serial.parse(it.serial), it.name, asker)
    )

    def name(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Give the doubtful name that the button holds, asked for twice by now."""
        to, asker = json.loads(action["value"]), Requester(body["user"]["id"], "button")
        named = naming.name(Serial.parse(to["serial"]), to["name"], asker, sure=True)
        replies.leave(context, named)
        ack()

    app.action(blocks.NAME)(ack=name, lazy=[replies.later, home.again])


class Naming:
    """Each method is one act and one message back. Raises RollcallError, having done nothing."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def name(self, serial: Serial, name: str, asker: Requester, *, sure: bool = False) -> Message:
        """Give a registered Mac a name; asks back where that is doubtful."""
        called, look = computer_names.parse(name), self._dependencies.repo.namesakes()
        with self._dependencies.database.reading() as session:
            mac = queries.get_open(session, serial)
            self._dependencies.permit(asker, mac.site)
            clash = name_clashes.found(session, look, Serial(mac.name), called)
            if clash and not clash.is_sure and not sure and mac.called != called:
                return blocks.really_named(mac, called, clash)
        with self._dependencies.acting(namings.NAMED, asker) as (session, act):
            mac = queries.get_open(session, serial, lock=True)
            self._dependencies.permit(asker, mac.site)
            before = mac.called
            namings.call(session, mac, called, look, act=act)
            return blocks.named(mac, before, act)
