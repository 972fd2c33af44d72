"""A memory of the kinds of messages whose blocks Slack refused, and their plain drawing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.slack.language import _, marked
from bot.slack.markup import Message, posted

REMEMBERED = timedelta(days=1)
# Slack's errors about blocks (docs.slack.dev/reference/methods/chat.postMessage); nothing was
# posted then.
_REFUSALS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_BUTTONLESS = marked("_Slack refused this message as it was drawn; its buttons are left out._")


class PlainKinds:
    """The kinds of messages that are drawn plainly, each for a day. Threads share one.

    A new process begins with none: one refusal of each kind tells it again.
    """

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def add(self, kind: str, at: datetime) -> None:
        """Remember that Slack refused the blocks of this kind."""
        self._until[kind] = at + REMEMBERED

    def has(self, kind: str, at: datetime) -> bool:
        """Return whether messages of this kind are drawn plainly."""
        until = self._until.get(kind)
        return until is not None and at < until


def refusal(error: SlackApiError) -> str | None:
    """Return Slack's reason where it refused the blocks of a message; None for other errors.

    It is the error's code, and what Slack's `response_metadata.messages` say of the place.
    """
    code = error.response.get("error")
    if code not in _REFUSALS:
        return None
    messages = (error.response.get("response_metadata") or {}).get("messages") or []
    return ": ".join([code, *(str(message) for message in messages)])[:500]


def plain_drawing(message: Message) -> Message:
    """Return a message of the same words in sections alone, which Slack has always taken."""
    blocks = [block.to_dict() for block in message.blocks]
    texts = [text for block in blocks for text in _texts(block)] or [message.text]
    if any(block["type"] == "actions" or "accessory" in block for block in blocks):
        texts.append(_(_BUTTONLESS))
    return Message(message.text, posted([line for text in texts for line in text.split("\n")]))


def _texts(block: dict[str, Any]) -> Iterator[str]:
    """The texts of a section or of a line below one; other blocks have none that stand alone."""
    if block["type"] == "section":
        parts = [block.get("text"), *(block.get("fields") or [])]
    elif block["type"] == "context":
        parts = [part for part in block["elements"] if part["type"] != "image"]
    else:
        parts = []
    yield from (part["text"] for part in parts if part)
