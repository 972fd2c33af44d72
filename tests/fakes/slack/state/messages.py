"""Channels and the messages in them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fakes.slack.blocks.finding import elements
from tests.fakes.slack.state.files import File
from tests.fakes.slack.web.wire import JSON


@dataclass(eq=False)
class Message:
    """A message as people see it, in a channel or, where `ephemeral_to` is set, by one person."""

    ts: str
    channel_id: str
    user: str
    text: str = ""
    blocks: list[JSON] = field(default_factory=list)
    metadata: JSON | None = None
    thread_ts: str | None = None
    broadcast: bool = False  # a reply that the channel shows too
    bot_id: str | None = None
    ephemeral_to: str | None = None
    edited: int = 0
    deleted: bool = False
    files: list[File] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)  # of a person's message
    team_id: str = ""
    shown_at: float = field(default_factory=time.monotonic)

    @property
    def bot(self) -> bool:
        """True if the app posted it, false if a person did."""
        return self.bot_id is not None

    @property
    def _subtype(self) -> str | None:
        return "thread_broadcast" if self.broadcast else "file_share" if self.files else None

    def as_json(self, *, metadata: bool = False) -> JSON:
        """The message object of the Web API; its metadata only where it is asked for."""
        optional = {
            "subtype": self._subtype,
            "files": [file.as_json() for file in self.files],
            "attachments": self.attachments,
            "blocks": self.blocks,
            "bot_id": self.bot_id,
            "team": self.team_id,
            "thread_ts": self.thread_ts,
            "metadata": self.metadata if metadata else None,
        }
        given = {key: value for key, value in optional.items() if value}
        return {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, **given}

    def shared_json(self) -> JSON:
        """The attachment of a message that passes this one on, with its files and tables."""
        inner = {"blocks": self.blocks, "attachments": self.attachments}
        return {
            "from_url": f"https://acme.slack.com/archives/{self.channel_id}/p1",
            "is_msg_unfurl": True,
            "is_share": True,
            "fallback": f"[November 28th, 2026 11:00 AM] somebody: {self.text}",
            "text": self.text,
            "ts": self.ts,
            "files": [file.as_json() for file in self.files],
            "message_blocks": [{"channel": self.channel_id, "message": inner}],
        }


@dataclass(eq=False)
class Channel:
    """A channel. A private one does not exist for a bot that is not in it. With `user` it is the
    direct conversation of the bot with this person. `shared_with` are other teams' ids.
    """

    id: str
    name: str
    bot_is_member: bool = True
    private: bool = False
    archived: bool = False
    messages: list[Message] = field(default_factory=list)
    user: str = ""
    shared_with: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """`im`, `group` or `channel`: an event's channel_type, and what a scope is named after."""
        return "im" if self.user else "group" if self.private else "channel"

    def find(self, ts: str) -> Message | None:
        """The message with this timestamp, or None."""
        return next((message for message in self.messages if message.ts == ts), None)

    def replies_to(self, parent: Message) -> list[Message]:
        """The thread below a message, oldest first, without the message itself."""
        thread = [message for message in self.messages if message.thread_ts == parent.ts]
        return [message for message in thread if message is not parent]


def pasted_json(rows: Sequence[Sequence[str]]) -> JSON:
    """The attachment that Slack's clients make of cells that a person pastes."""
    shown = [[_cell(text) for text in row] for row in rows]
    fallback = "[no preview available]"
    return {"id": 1, "fallback": fallback, "blocks": [{"type": "table", "rows": shown}]}


def _cell(text: str) -> JSON:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def named(blocks: Sequence[JSON]) -> list[JSON]:
    """The blocks, each block and element with an id: Slack makes up those that were not given."""
    for block in blocks:
        block.setdefault("block_id", _made_up())
    for _, element, _ in elements(blocks):
        element.setdefault("action_id", _made_up())
    return list(blocks)


def _made_up() -> str:
    return secrets.token_urlsafe(4)[:5]
