"""The command that gives a Mac its computer name, and its answers."""

import json

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.commands.dispatch import Dispatcher, Press
from bot.commands.models import NameCommand
from bot.slack.buttons import undoable
from bot.slack.markup import Message, plain, section
from provisioning.maintenance.acts import identity
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.identity import NameRequest, Naming
from provisioning.registrations.models import CONFIRMED, Operation, Registration
from provisioning.values.language import _, worded
from provisioning.values.serials import Serial
from provisioning.values.slack import escape

NAME = "name"  # the button of a doubtful name


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command that names a Mac, and the button of a name that is doubtful."""
    dependencies = dispatcher.dependencies

    def name(serial: Serial, text: str, principal: Principal, *, sure: bool = False) -> Message:
        naming = identity.name(dependencies.repo, serial, NameRequest(text, sure), principal)
        if naming.operation is None:
            return really_named(naming)
        return named(naming.mac, naming.before, naming.operation)

    def typed(command: NameCommand, principal: Principal) -> Message:
        return name(Serial.parse(command.serial), command.name, principal)

    def confirmed(press: Press) -> Message:
        value = press.stored(serial=str, name=str)
        return name(Serial.parse(value["serial"]), value["name"], press.principal, sure=True)

    dispatcher.handle(NameCommand, typed)
    dispatcher.answer_button(NAME, confirmed, dispatcher.home.refresh)


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


def really_named(naming: Naming) -> Message:
    """The question before a Mac gets a name that is doubtful."""
    question = _(
        "`{serial}` should not be called {name}, because {reason} where a client sets that. Our "
        "script sets another host name. Use this name anyway?",
        serial=naming.mac.name,
        name=escape(naming.name),
        reason=escape(worded(naming.doubt.why)) if naming.doubt else "",
    )
    value = json.dumps({"serial": naming.mac.serial, "name": naming.name})
    button = ButtonElement(text=_("Use this name"), action_id=NAME, value=value)
    return Message(question, [section(question), ActionsBlock(elements=[button])])
