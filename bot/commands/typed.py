"""Messages of people to Rollcall, which hold a command as behind the slash command."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from slack_sdk.models.blocks import Block

from bot.commands.parsing.greetings import GREETINGS
from bot.commands.parsing.marks import without_command
from bot.commands.parsing.words import EMOJI
from bot.slack import contents, payloads, tables
from bot.slack.markup import LONGEST_POST, Message, section
from provisioning.values.language import _, marked

MAX_BLOCKS = 50  # of a message, by Slack's reference
REGISTER = "register"  # the command of a message that is nothing but a list
_GREETED = rf"(?:(?:{'|'.join(sorted(GREETINGS))})(?:[\s,!]|{EMOJI.pattern})+)?"
_BEHIND = r"(?:[\s,;.!]|:(?![\w+'-]+:))*(?:[–—-]+[ \t]+)?"  # a colon may begin an emoji
_MENTION = re.compile(
    rf"\s*{_GREETED}(?P<mark>[*_]?)<@(\w+)(?:\|[^>]*)?>(?P=mark){_BEHIND}",
    re.IGNORECASE,
)
_MORE = marked(
    "… and more than Slack shows in one message; typed as a command, you alone see all of it."
)


@dataclass(frozen=True, slots=True)
class TypedMessage:
    """A text that a person wrote to Rollcall, and the thread in which it is answered."""

    user: str
    channel: str
    ts: str
    thread_ts: str
    text: str

    @classmethod
    def of(cls, body: dict[str, Any], command: str) -> Self:
        """Return the message of an event; a mention and the name of the command are left out.

        Content beside its text, such as pasted cells, belongs to the command before it; without a
        command it is a list to register.
        """
        event = body["event"]
        text = str(event.get("text") or "")
        match = _MENTION.match(text)
        if match and match[2] == payloads.own_user(body):
            text = text[match.end() :]
        text = without_command(text, command)  # which Slack does not take in threads
        if beside := contents.beside(event):
            text = f"{text.strip() or REGISTER}\n{beside}"
        return cls(event["user"], event["channel"], event["ts"], payloads.thread_of(event), text)

    @property
    def once(self) -> str:
        """The key of its answer."""
        return f"typed:{self.channel}:{self.ts}"

    def payload(self, message: Message) -> dict[str, Any]:
        """Return an answer in its thread as the outbox stores it."""
        return stored(message, self.thread_ts)


def stored(message: Message, thread_ts: str | None = None) -> dict[str, Any]:
    """Return an answer as the outbox stores it, with as many blocks as Slack takes."""
    blocks = [block.to_dict() for block in _fitting(message.blocks)]
    kept = {"text": message.text[:LONGEST_POST], "blocks": blocks, "thread_ts": thread_ts}
    if message.without_table is not None:
        kept["without_table"] = [block.to_dict() for block in _fitting(message.without_table)]
    return kept


def is_typed(body: dict[str, Any]) -> bool:
    """Return True if an event is a person's text for Rollcall.

    It is one in their own conversation, or begins with a mention, which a greeting may stand
    before. Messages of bots, edited ones, and those that mention Rollcall later are not.
    """
    event = body.get("event", {})
    if not payloads.is_written(body) or payloads.is_files(body):
        return False
    if not event.get("channel") or not event.get("ts"):
        return False
    text = str(event.get("text") or "")
    if not text.strip() and not contents.beside(event):
        return False
    match = _MENTION.match(text)
    is_mention = bool(match and match[2] == payloads.own_user(body))
    return event.get("channel_type") == "im" or is_mention


def edited(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the event of an edited message for Rollcall; None for other events.

    The preview of a link is a change for Slack, too, but leaves the text as it was.
    """
    event = body.get("event", {})
    now, before = event.get("message"), event.get("previous_message")
    if event.get("subtype") != "message_changed" or not isinstance(now, dict):
        return None
    if not isinstance(before, dict) or now.get("text") == before.get("text"):
        return None
    where = {key: event.get(key) for key in ("type", "channel", "channel_type")}
    whole = {**now, **where}
    return whole if "edited" in now and is_typed({**body, "event": whole}) else None


def _fitting(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks that fit into a posted message; an answer to one person may be longer."""
    room = LONGEST_POST
    for number, block in enumerate(blocks, 1):
        shown = block.to_dict()
        room -= len(json.dumps(shown.get("text", ""))) + tables.length(shown)
        if room < 0 or (number == MAX_BLOCKS and len(blocks) > MAX_BLOCKS):
            yield section(_(_MORE))
            return
        yield block
