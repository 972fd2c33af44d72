"""What becomes of a Mac's name."""

from bot.blocks.answers import undoable
from bot.blocks.texts import Message, escape, plain
from provisioning.models import Act, Registration


def named(registration: Registration, before: str | None, act: Act) -> Message:
    """What became of a name that somebody typed; `before` is what the Mac was called."""
    name = escape(registration.called or "")
    if registration.called == before:
        return plain(f"`{registration.name}` is called {name} already.")
    instead = f" instead of {escape(before)}" if before else ""
    when = "Its first-boot script sets that."
    if registration.confirmed_at is not None:
        when = "It is confirmed already: that is set only if it is imaged again."
    return undoable(plain(f"`{registration.name}` is to be called {name}{instead}. {when}"), act)
