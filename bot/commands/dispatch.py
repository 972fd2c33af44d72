"""The answers to commands and buttons: each feature enters its own."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Any, TypeVar

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.commands.models import Command
from bot.dependencies import BotDependencies, HomeRefresher
from bot.slack import payloads, replies
from bot.slack.markup import Message, plain
from bot.slack.replies import Answer
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.language import _

Kind = TypeVar("Kind", bound=Command)


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button, or a choice in a menu, by a person: Slack's action and request."""

    action: dict[str, Any]
    body: dict[str, Any]
    context: BoltContext
    principal: Principal

    @property
    def number(self) -> int:
        """The number in the value of the button. Raises StrangeValue."""
        return payloads.number(self.action["value"])

    def stored(self, **kinds: type | UnionType) -> dict[str, Any]:
        """Return the object in the value of the button; see `payloads.stored`."""
        return payloads.stored(self.action["value"], **kinds)

    @property
    def chosen(self) -> str:
        """The value of the option that was chosen in the menu."""
        return str(self.action["selected_option"]["value"])


class Dispatcher:
    """A table of the answers to commands and buttons; each feature enters its own.

    What else features listen to, they tell the `app`.
    """

    def __init__(self, app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
        self.app, self.dependencies, self.home = app, dependencies, home
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
        self,
        action_id: str | re.Pattern[str],
        answer: Callable[[Press], Answer | None],
        *lazy: Callable[..., None],
    ) -> None:
        """Answer the presses of a button, or the choices in a menu, by what `answer` returns.

        None is no answer. The `lazy` listeners come behind it.
        """

        def press(
            ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
        ) -> None:
            presser = self.dependencies.presser(body)
            answered = answer(Press(action, body, context, presser))
            if answered is not None:
                replies.leave(context, answered)
            ack()

        self.app.action(action_id)(ack=press, lazy=[replies.later, *lazy])


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
