"""The transport of the outbox to Slack: it draws a message when it is sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError
from sqlalchemy.orm import Session

from bot.delivery import rendering, sender
from bot.delivery.languages import Languages
from bot.delivery.rendering import OutgoingMessage
from bot.slack.drawings import RefusedDrawings
from bot.slack.web import results
from provisioning.outbox.claims import Claim, Pace
from provisioning.outbox.models import SLACK
from provisioning.outbox.outcomes import Outcome
from provisioning.values.board_pages import leading_to
from provisioning.values.kinds import BOTH, Kinds
from provisioning.values.language import in_language
from provisioning.values.slack import is_user_id

# About one message a second and channel, and 50 edits a minute.
PACE = Pace(message=timedelta(seconds=1), edit=timedelta(seconds=1.25))


class SlackTransport:
    """A transport that sends messages to Slack's channels and people.

    `kinds` returns the kinds of names that a Mac needs at this moment. Without `languages`, all
    messages are English. They lead to the `board` at an address, where there is one.
    """

    name = SLACK
    pace = PACE

    def __init__(
        self,
        slack: WebClient,
        kinds: Callable[[], Kinds] = lambda: BOTH,
        languages: Languages | None = None,
        board: str | None = None,
    ) -> None:
        self._slack, self._kinds, self._board = slack, kinds, board
        self._languages = languages or Languages()
        self._conversations = Conversations(slack)
        self._refused = RefusedDrawings()

    def prepare(
        self, session: Session, claim: Claim, clock: Callable[[], datetime]
    ) -> Callable[[], Outcome] | None:
        """Draw a message and return the call that sends it; None where it has become void."""
        language = self._languages.of(session, claim.notification)
        with in_language(language), leading_to(self._board):
            drawn = rendering.draw(session, claim, clock(), self._kinds())
        if drawn is None:
            return None

        def send() -> Outcome:
            """Send it; a second drawing, where Slack refuses the first, is in its language, too."""
            with in_language(language), leading_to(self._board):
                return results.of(lambda: self._send(drawn, claim, clock))

        return send

    def _send(self, drawn: OutgoingMessage, claim: Claim, clock: Callable[[], datetime]) -> str:
        """Send a message and return its ts. Raises what slack_sdk raises, and NotPosted.

        Where Slack refuses its blocks, nothing was posted: the next drawing is the claim's first
        attempt still.
        """
        with results.preparing():
            channel = self._conversations.of(drawn.channel)
        outgoing = replace(drawn, channel=channel)
        return self._refused.send(
            drawn.kind,
            drawn.message,
            clock(),
            lambda message: sender.send(
                self._slack, replace(outgoing, message=message), claim, clock
            ),
        )


class Conversations:
    """The direct conversations with people, each asked for once.

    Slack takes a user id for messages only, and not for files.
    """

    def __init__(self, slack: WebClient) -> None:
        self._slack = slack
        self._opened: dict[str, str] = {}

    def of(self, channel: str) -> str:
        """Return the conversation for a channel's id, which is its own, or for a user's.

        Raises what slack_sdk raises.
        """
        if not is_user_id(channel):
            return channel
        if channel not in self._opened:
            conversation = self._slack.conversations_open(users=channel).get("channel")
            if not isinstance(conversation, dict) or not conversation.get("id"):
                raise SlackRequestError("Slack opened a conversation and did not say which")
            self._opened[channel] = str(conversation["id"])
        return self._opened[channel]
