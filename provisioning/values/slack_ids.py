"""Ids of Slack: those of people, told apart from those of channels."""

import re

_USER = re.compile(r"[UW][A-Z0-9]{2,}")


def is_user_id(text: str) -> bool:
    """True for the id of a person, such as U0ALICE."""
    return _USER.fullmatch(text) is not None
