"""The listener of commands that are typed to Rollcall as messages."""

from typing import Any

from bot.commands.dispatch import Dispatcher
from bot.commands.parsing import parser
from bot.commands.typed import TypedMessage, edited, is_typed
from bot.slack.markup import plain
from infrastructure.execution import outcomes
from provisioning.outbox import answers
from provisioning.values.language import _, marked

INTERRUPTED = marked(
    "Rollcall was interrupted and does not know how far it got. Check with `show` or "
    "`find` before you send it again."
)

EDITED = marked("What you change in a message is not read; send it again as a new one.")


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer texts in Rollcall's own conversations, and those that begin with its mention.

    `app_mention` is not needed: the events of messages, which files need too, bring the same.
    """
    dependencies = dispatcher.dependencies

    def answer(body: dict[str, Any]) -> None:
        """Carry out the command, once, and answer in its thread; the handler answers errors."""
        message = TypedMessage.of(body, dependencies.command)
        with dependencies.database.begin() as session:
            if not answers.claim(
                session,
                message.once,
                channel=message.channel,
                payload=message.payload(plain(_(INTERRUPTED))),
                at=dependencies.clock(),
            ):
                return
        dependencies.admit(message.user)
        outcomes.begin()  # the claim is none of what they ask for
        repo = dependencies.repo.now()
        parsed = parser.parse(message.text, repo.sites, repo.builds, repo.layout.kinds)
        answered = dispatcher.dispatch(parsed, dependencies.principal(message.user, "message"))
        with dependencies.database.begin() as session:
            answers.give(
                session,
                message.once,
                channel=message.channel,
                payload=message.payload(answered),
                at=dependencies.clock(),
            )

    dispatcher.app.event("message", matchers=[is_typed])(answer)
    _answer_edits(dispatcher)


def _answer_edits(dispatcher: Dispatcher) -> None:
    dependencies = dispatcher.dependencies

    def tell(body: dict[str, Any]) -> None:
        """Say, once for a message, that its editing changes nothing."""
        event = edited(body) or {}
        message = TypedMessage.of({**body, "event": event}, dependencies.command)
        dependencies.admit(message.user)
        with dependencies.database.begin() as session:
            payload, once = message.payload(plain(_(EDITED))), f"edited:{message.once}"
            at = dependencies.clock()
            if answers.claim(session, once, channel=message.channel, payload=payload, at=at):
                answers.give(session, once, channel=message.channel, payload=payload, at=at)

    dispatcher.app.event("message", matchers=[lambda body: edited(body) is not None])(tell)
