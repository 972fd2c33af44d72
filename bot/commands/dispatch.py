"""The answers to commands and buttons: each feature enters its own."""

from collections.abc import Callable
from typing import Any, TypeVar

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.commands.models import Command
from bot.dependencies import BotDependencies
from bot.slack import replies
from bot.slack.markup import Message, plain
from bot.slack.replies import Answer
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.language import _

Kind = TypeVar("Kind", bound=Command)


class Dispatcher:
    """A table of handlers by kind of command; each feature enters its own."""

    def __init__(self) -> None:
        self._handlers: dict[type[Command], Callable[[Any, Principal], Message]] = {}

    def handle(self, kind: type[Kind], handler: Callable[[Kind, Principal], Message]) -> None:
        """Have `handler` answer commands of this kind."""
        self._handlers[kind] = handler

    def dispatch(self, command: Command, principal: Principal) -> Message:
        """Call the handler of a command and return its answer.

        Raises RollcallError, having done nothing.
        """
        return self._handlers[type(command)](command, principal)


def answer_button(
    app: App,
    dependencies: BotDependencies,
    action_id: str,
    answer: Callable[[dict[str, Any], Principal], Answer | None],
    *lazy: Callable[..., None],
) -> None:
    """Answer the presses of a button, or the choices in a menu, by what `answer` returns.

    `answer` gets Slack's action, and the person; None is no answer. The `lazy` listeners
    come behind it.
    """

    def press(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        message = answer(action, dependencies.presser(body))
        if message is not None:
            replies.leave(context, message)
        ack()

    app.action(action_id)(ack=press, lazy=[replies.later, *lazy])


def refusal_in_public(
    dependencies: BotDependencies, principal: Principal, verb: str
) -> Message | None:
    """Return the answer to a verb whose answer is for one person, where it came in a message.

    The answer to a message is stored in the outbox, and others may read it in the channel. None
    for a command.
    """
    if principal.actor.via == "command":
        return None
    typed = f"{dependencies.command} {verb}"
    return plain(_("Type `{command}` as a command: only you see its answer.", command=typed))
