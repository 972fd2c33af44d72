"""What becomes of a Mac's name."""

import json

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.slack.markup import Message, escape, plain, section, undoable
from provisioning.registrations.models import Operation, Registration
from provisioning.registrations.name_clashes import Clash

NAME = "name"  # the button of a doubtful name


def named(registration: Registration, before: str | None, act: Operation) -> Message:
    """What became of a name that somebody typed; `before` is what the Mac was called."""
    name = escape(registration.called or "")
    if registration.called == before:
        return plain(f"`{registration.name}` is called {name} already.")
    instead = f" instead of {escape(before)}" if before else ""
    when = "Its first-boot script sets that."
    if registration.confirmed_at is not None:
        when = "It is confirmed already: that is set only if it is imaged again."
    return undoable(plain(f"`{registration.name}` is to be called {name}{instead}. {when}"), act)


def really_named(registration: Registration, name: str, clash: Clash) -> Message:
    """The question before a Mac gets a name that is doubtful."""
    question = (
        f"`{registration.name}` should not be called {escape(name)}, because {escape(clash.why)} "
        "where a client sets that. Our script sets another host name. Call it so?"
    )
    value = json.dumps({"serial": registration.serial, "name": name})
    button = ButtonElement(text="Yes, call it so", action_id=NAME, value=value)
    return Message(question, [section(question), ActionsBlock(elements=[button])])
