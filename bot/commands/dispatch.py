"""The dispatcher of commands: each feature enters the handlers of its own."""

from collections.abc import Callable
from typing import Any, TypeVar

from bot.commands.models import Command
from bot.dependencies import Requester
from bot.slack.markup import Message

Kind = TypeVar("Kind", bound=Command)


class Dispatcher:
    """A table of handlers by kind of command; each feature enters its own."""

    def __init__(self) -> None:
        self._handlers: dict[type[Command], Callable[[Any, Requester], Message]] = {}

    def handle(self, kind: type[Kind], handler: Callable[[Kind, Requester], Message]) -> None:
        """Have `handler` answer commands of this kind."""
        self._handlers[kind] = handler

    def dispatch(self, command: Command, requester: Requester) -> Message:
        """Call the handler of a command and return its answer.

        Raises RollcallError, having done nothing.
        """
        return self._handlers[type(command)](command, requester)
