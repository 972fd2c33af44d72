"""Ids of Slack, told apart: those of people and those of channels."""

import re

_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,}")


def is_user_id(text: str) -> bool:
    """True for the id of a person, such as U0ALICE."""
    return _USER.fullmatch(text) is not None


def is_channel_id(text: str) -> bool:
    """True for the id of a channel or a conversation, such as C0IMAGING."""
    return _CHANNEL.fullmatch(text) is not None


def is_conversation_id(text: str) -> bool:
    """True for the id of a direct conversation, such as D0ALICE."""
    return text.startswith("D") and is_channel_id(text)
