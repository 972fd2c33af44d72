"""Contents of messages: their text, cells that were pasted into them, and forwarded messages.

Slack's clients make a table of pasted cells, and an attachment of a message that is passed on: the
text of the new message has neither. From payloads that others have published, looked up on
2026-11-28: github.com/vercel/chat, issue 803 (a table), github.com/MercuryTechnologies/slack-web,
`tests/golden/SlackWebhookEvent/share_without_message.json` (a message passed on).
"""

from collections.abc import Iterator, Mapping
from typing import Any

_ON_ONE_LINE = ("rich_text_section", "rich_text_preformatted", "rich_text_quote")
_SHOWN = ("pretext", "title", "text")  # the fields of attachments and blocks that people see

Message = Mapping[str, Any]
"""A message as an event, a shortcut or the Web API has it."""


def text_of(message: Message) -> str:
    """Return the text of a message, with the content beside it on lines of its own.

    The content of an app's message is in its blocks and attachments; its text may be that of a
    notification.
    """
    own = str(message.get("text") or "")
    if message.get("bot_id"):
        shown = [*_lines(message.get("blocks")), *_lines(message.get("attachments"))]
        return "\n".join(shown if message.get("blocks") else [own, *shown])
    text = "\n".join(filter(None, (own, beside(message))))
    return text or "\n".join(_lines(message.get("blocks"))).strip()


def beside(message: Message) -> str:
    """Return the content beside a person's text: pasted cells, and forwarded messages.

    Cells have tabs between them, as they were copied. Previews of links are left out.
    """
    parts = [*_tables(message.get("blocks"))]
    for attachment in _attachments(message):
        if attachment.get("is_share"):
            parts.append(_passed_on(attachment))
        elif not attachment.get("from_url"):
            parts += _tables(attachment)
    return "\n".join(part for part in parts if part.strip())


def files_of(message: Message) -> list[dict[str, Any]]:
    """Return the files of a message, and those of messages forwarded with it."""
    passed = [each for each in _attachments(message) if each.get("is_share")]
    return [file for each in (message, *passed) for file in _objects(each.get("files"))]


def _passed_on(attachment: Message) -> str:
    """The text of a forwarded message: an app's has no text, but blocks."""
    text, blocks = attachment.get("text"), attachment.get("message_blocks")
    shown = [str(text), *_tables(attachment)] if text else [*_lines(blocks)]
    return "\n".join(shown) or str(attachment.get("fallback") or "")


def _attachments(message: Message) -> list[dict[str, Any]]:
    return _objects(message.get("attachments"))


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _tables(value: object) -> Iterator[str]:
    """The tables somewhere in a value."""
    match value:
        case {"rows": list(rows)}:
            yield _table(rows)
        case dict():
            yield from _tables([*value.values()])
        case list():
            for each in value:
                yield from _tables(each)


def _table(rows: list[Any]) -> str:
    cells = (
        [" ".join(_said(cell).split()) for cell in row] for row in rows if isinstance(row, list)
    )
    return "\n".join(map("\t".join, cells))


def _said(element: object) -> str:
    """The text of a cell, or of an element of rich text; a part of a word may be one itself."""
    match element:
        case {"elements": list(inner), **rest}:
            return ("" if rest.get("type") in _ON_ONE_LINE else "\n").join(map(_said, inner))
        case {"text": str(text)} | {"text": {"text": str(text)}} | {"url": str(text)}:
            return text
        case {"value": str() | int() | float() as number}:
            return str(number)
    return ""


def _lines(value: object) -> Iterator[str]:
    """The lines that blocks and attachments show."""
    match value:
        case list():
            for each in value:
                yield from _lines(each)
        case {"rows": list(rows)}:
            yield _table(rows)
        case {"type": kind} if kind in _ON_ONE_LINE:
            yield _said(value)
        case {"title": str(title), "value": str(text)}:  # a field of an attachment
            yield f"{title}: {text}"
        case dict():
            for name, inner in value.items():
                if name in _SHOWN and isinstance(inner, str):
                    yield inner
                elif isinstance(inner, dict | list):
                    yield from _lines(inner)
