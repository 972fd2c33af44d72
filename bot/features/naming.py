"""What a Mac is to be called."""

import json
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot import replies
from bot.blocks import namings as blocks
from bot.blocks.texts import Message
from bot.dependencies import Asker, Dependencies, HomeRefresher
from bot.dispatch import Dispatcher
from bot.wanted import Name
from provisioning import clashes, computernames, namings, registrations
from provisioning.serials import Serial


def attach(
    app: App, dispatcher: Dispatcher, dependencies: Dependencies, home: HomeRefresher
) -> None:
    """Answer the command that names a Mac, and the button of a name that is doubtful."""
    naming = Naming(dependencies)
    dispatcher.handle(Name, lambda it, asker: naming.name(Serial.parse(it.serial), it.name, asker))

    def name(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Give the doubtful name that the button holds, asked for twice by now."""
        to, asker = json.loads(action["value"]), Asker(body["user"]["id"], "button")
        named = naming.name(Serial.parse(to["serial"]), to["name"], asker, sure=True)
        replies.leave(context, named)
        ack()

    app.action(blocks.NAME)(ack=name, lazy=[replies.later, home.again])


class Naming:
    """Each method is one act and one message back. Raises RollcallError, having done nothing."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def name(self, serial: Serial, name: str, asker: Asker, *, sure: bool = False) -> Message:
        """Give a registered Mac a name; asks back where that is doubtful."""
        called, look = computernames.parse(name), self._dependencies.repo.namesakes()
        with self._dependencies.database.reading() as session:
            mac = registrations.opened(session, serial)
            self._dependencies.permit(asker, mac.site)
            clash = clashes.found(session, look, Serial(mac.name), called)
            if clash and not clash.is_sure and not sure and mac.called != called:
                return blocks.really_named(mac, called, clash)
        with self._dependencies.acting(namings.NAMED, asker) as (session, act):
            mac = registrations.opened(session, serial)
            self._dependencies.permit(asker, mac.site)
            before = mac.called
            namings.call(session, mac, called, look, act=act)
            return blocks.named(mac, before, act)
