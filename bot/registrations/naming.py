"""The command that gives a Mac its computer name, and its answers."""

import json
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext
from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.commands.dispatch import Dispatcher
from bot.commands.models import NameCommand
from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.slack import payloads, replies
from bot.slack.markup import Message, escape, plain, section
from bot.slack.undo_button import undoable
from provisioning.registrations import queries
from provisioning.registrations.models import CONFIRMED, Operation, Registration
from provisioning.registrations.names import name_clashes
from provisioning.registrations.names.name_clashes import Clash
from provisioning.registrations.names.naming import NAMED, assign
from provisioning.values import computer_names
from provisioning.values.language import _, worded
from provisioning.values.serials import Serial

NAME = "name"  # the button of a doubtful name


def register_listeners(
    app: App, dispatcher: Dispatcher, dependencies: BotDependencies, home: HomeRefresher
) -> None:
    """Answer the command that names a Mac, and the button of a name that is doubtful."""
    actions = NamingActions(dependencies)
    dispatcher.handle(
        NameCommand,
        lambda command, requester: actions.name(
            Serial.parse(command.serial), command.name, requester
        ),
    )

    def name(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Give the doubtful name that the button holds: the person has confirmed it."""
        value = payloads.stored(action["value"], serial=str, name=str)
        requester = Requester.of(body)
        message = actions.name(Serial.parse(value["serial"]), value["name"], requester, sure=True)
        replies.leave(context, message)
        ack()

    app.action(NAME)(ack=name, lazy=[replies.later, home.refresh])


class NamingActions:
    """Operations on a name: each method is one of them and one message back.

    Raises RollcallError, having done nothing.
    """

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def name(
        self, serial: Serial, name: str, requester: Requester, *, sure: bool = False
    ) -> Message:
        """Give a registered Mac a name; asks back where that is doubtful."""
        new_name, namesakes = computer_names.parse(name), self._dependencies.repo.now().namesakes()
        with self._dependencies.database.reading() as session:
            mac = queries.get_open(session, serial)
            self._dependencies.permit(requester, mac.site)
            clash = name_clashes.clash_of(session, namesakes, Serial(mac.name), new_name)
            if clash and not clash.is_sure and not sure and mac.called != new_name:
                return really_named(mac, new_name, clash)
        with self._dependencies.acting(NAMED, requester) as (session, operation):
            mac = queries.get_open(session, serial, lock=True)
            self._dependencies.permit(requester, mac.site)
            before = mac.called
            assign(session, mac, new_name, namesakes, operation=operation)
            return named(mac, before, operation)


def named(registration: Registration, before: str | None, operation: Operation) -> Message:
    """The answer to a name that a person typed; `before` is the former one."""
    name = escape(registration.called or "")
    if registration.called == before:
        return plain(_("`{serial}` is already called {name}.", serial=registration.name, name=name))
    consequence = _("Its first-boot script sets the name.")
    if registration.confirmed_at is not None or registration.state == CONFIRMED:
        consequence = _("It is already confirmed: the name is set only if it is imaged again.")
    facts = {"serial": registration.name, "name": name}
    if before:
        line = _(
            "`{serial}` will be called {name} instead of {before}.", before=escape(before), **facts
        )
    else:
        line = _("`{serial}` will be called {name}.", **facts)
    return undoable(plain(f"{line} {consequence}"), operation)


def really_named(registration: Registration, name: str, clash: Clash) -> Message:
    """The question before a Mac gets a name that is doubtful."""
    question = _(
        "`{serial}` should not be called {name}, because {reason} where a client sets that. Our "
        "script sets another host name. Use this name anyway?",
        serial=registration.name,
        name=escape(name),
        reason=escape(worded(clash.why)),
    )
    value = json.dumps({"serial": registration.serial, "name": name})
    button = ButtonElement(text=_("Use this name"), action_id=NAME, value=value)
    return Message(question, [section(question), ActionsBlock(elements=[button])])
