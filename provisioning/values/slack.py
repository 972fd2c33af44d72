"""Slack's ids of people and of channels, and texts of others in its markup."""

import re
from html import escape as escape_html

from infrastructure.text import Sentence

_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,}")
# Why somebody who has left may not use Rollcall.
DEACTIVATED = Sentence("your account is deactivated; ask whoever administers the workspace")
NAMED_PERSON = re.compile(r"(?<!\S)@([UW][A-Z0-9]{2,})\b")  # as explanations name them: @U0ALICE
INVISIBLE = "\u200b"  # disarms a mark without being seen


def is_user_id(text: str) -> bool:
    """True for the id of a person, such as U0ALICE."""
    return _USER.fullmatch(text) is not None


def is_channel_id(text: str) -> bool:
    """True for the id of a channel or a conversation, such as C0IMAGING."""
    return _CHANNEL.fullmatch(text) is not None


def is_conversation_id(text: str) -> bool:
    """True for the id of a direct conversation, such as D0ALICE."""
    return text.startswith("D") and is_channel_id(text)


def escape(text: str) -> str:
    """Return a text of a person or a file in which nothing is markup, a mention or a link."""
    text = escape_html(text, quote=False)
    return "".join(f"{mark}{INVISIBLE}" if mark in "*_~`" else mark for mark in text)
