"""The drawings of a message, from its table down to words alone, and those that Slack refused."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from slack_sdk.errors import SlackApiError

from bot.slack.markup import Message, posted
from provisioning.values.language import _, marked

log = structlog.get_logger()

RETENTION = timedelta(days=1)
TABLE, BLOCKS = "a table", "blocks"  # the drawings that may be refused
# Slack's errors about blocks (docs.slack.dev/reference/methods/chat.postMessage); nothing was
# posted then. Of a table it may name attachments, where it once had its place.
_TOO_LONG = "msg_blocks_too_long"
OF_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "invalid_attachments", _TOO_LONG})
_BUTTONLESS = marked("_Slack refused this message as it was drawn; its buttons are left out._")

Sent = TypeVar("Sent")


class RefusedDrawings:
    """A memory of the drawings that Slack refused, by kinds of messages, each for a day.

    Threads share one. A new process begins with none, and learns from one refusal of each kind.
    """

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], datetime] = {}

    def add(self, kind: str, drawing: str, at: datetime) -> None:
        """Remember that Slack refused this drawing of a message of this kind."""
        self._until[kind, drawing] = at + RETENTION

    def has(self, kind: str, drawing: str, at: datetime) -> bool:
        """Return True if messages of this kind are to be drawn in another way."""
        until = self._until.get((kind, drawing))
        return until is not None and at < until

    def send(
        self, kind: str, message: Message, at: datetime, send: Callable[[Message], Sent]
    ) -> Sent:
        """Send the first drawing of a message that Slack takes; return what `send` returns.

        Where Slack refuses one, so are others of its `kind` for a day. Raises what `send` raises,
        and its SlackApiError where Slack refuses the last one, too.
        """
        for drawing, drawn in drawings(message).items():
            if self.has(kind, drawing, at):
                continue
            try:
                return send(drawn)
            except SlackApiError as error:
                reason = refusal(error)
                if reason is None:
                    raise
            log.warning("blocks refused", kind=kind, drawing=drawing, reason=reason)
            if not reason.startswith(_TOO_LONG):  # which another of its kind need not be
                self.add(kind, drawing, at)
        return send(in_words(message))


def drawings(message: Message) -> dict[str, Message]:
    """Return the drawings of a message that Slack may refuse, the best one first."""
    if message.without_table is None:
        return {BLOCKS: message}
    return {TABLE: message, BLOCKS: Message(message.text, message.without_table)}


def refusal(error: SlackApiError) -> str | None:
    """Return Slack's reason where it refused the blocks of a message; None for other errors.

    It is the error's code, and Slack's `response_metadata.messages` about the place.
    """
    code = error.response.get("error")
    if code not in OF_BLOCKS:
        return None
    messages = (error.response.get("response_metadata") or {}).get("messages") or []
    return ": ".join([code, *(str(message) for message in messages)])[:500]


def in_words(message: Message) -> Message:
    """Return a message of the same words in sections alone, which Slack has always taken."""
    blocks = [block.to_dict() for block in message.tableless]
    texts = [text for block in blocks for text in _texts(block)] or [message.text]
    if any(block["type"] == "actions" or "accessory" in block for block in blocks):
        texts.append(_(_BUTTONLESS))
    return Message(message.text, posted([line for text in texts for line in text.split("\n")]))


def _texts(block: dict[str, Any]) -> Iterator[str]:
    """The texts of a section or of a line below one; other blocks have none that stand alone."""
    if block["type"] == "section":
        parts = [block.get("text"), *(block.get("fields") or [])]
    elif block["type"] == "context":
        parts = block["elements"]
    else:
        parts = []
    yield from (part["text"] for part in parts if part)
