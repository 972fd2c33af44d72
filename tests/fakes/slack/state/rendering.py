"""Messages as lines of text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.fakes.slack.state.messages import Message
from tests.fakes.slack.web.wire import JSON


def readable(message: Message) -> str:
    """The text of a message as a person reads it: its blocks, or else `text`; then its files."""
    lines = [line for block in message.blocks for line in _lines(block) if line]
    shown = lines or ([message.text] if message.text else [])
    files = [f"[file {file.title or file.name}]" for file in message.files]
    return "\n".join([*shown, *files])


def transcript(messages: Sequence[Message], names: dict[str, str]) -> list[str]:
    """One entry a message: who, what, and how often it was edited. Replies stand below their
    parent; those whose parent was deleted stand where they were written.
    """
    return [
        _entry(message, names.get(message.user, message.user)) for message in _threaded(messages)
    ]


def _threaded(messages: Sequence[Message]) -> Iterator[Message]:
    there = {message.ts for message in messages}
    for message in messages:
        if message.thread_ts in (None, message.ts) or message.thread_ts not in there:
            yield message
            yield from (reply for reply in messages if reply.thread_ts == message.ts != reply.ts)


def _entry(message: Message, name: str) -> str:
    reply = "↳ " if message.thread_ts and message.thread_ts != message.ts else ""
    edited = f" (edited {message.edited}×)" if message.edited else ""
    return f"{reply}{name}: {readable(message)}{edited}"


def _lines(block: JSON) -> Iterator[str]:
    match block["type"]:
        case "divider":
            yield "───"
        case "actions" | "context":
            yield "  ".join(_inline(element) for element in block["elements"])
        case "table":
            yield from rows_of(block)
        case "input":
            yield f"{_inline(block['label'])}: {_inline(block['element'])}"
        case _:
            yield _inline(block.get("text", ""))
            yield from (_inline(each) for each in block.get("fields", []))
            if "accessory" in block:
                yield _inline(block["accessory"])


def rows_of(table: JSON) -> list[str]:
    """The rows of a table, its heading first."""
    return [" | ".join(_inline(cell) for cell in row) for row in table["rows"]]


def _inline(value: Any) -> str:
    """A text object, a button, a menu or plain text, on one line."""
    if isinstance(value, str):
        return value
    if "elements" in value:  # of rich text
        return "".join(map(_inline, value["elements"]))
    if value.get("type") == "user":
        return f"<@{value['user_id']}>"
    if value.get("type") == "date":
        return str(value.get("fallback", ""))
    shown = value.get("text") or value.get("placeholder") or ""
    words = _inline(shown)
    return words if isinstance(shown, str) else f"[{words}]"
