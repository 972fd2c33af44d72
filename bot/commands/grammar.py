"""What was typed behind the slash command, as words that mean something."""

import html
import re
import shlex

from bot.slack.markup import INVISIBLE
from infrastructure.errors import RollcallError


class Misunderstood(RollcallError):
    """Something typed that is no command; its text says what is missing."""


# Phones write typographic quotes where the keyboard shows straight ones.
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})


def as_meant(text: str) -> str:
    """What somebody meant who typed or copied `text`: without Slack's escapes and ours."""
    text = html.unescape(text).replace(INVISIBLE, "")
    return re.sub(r"<https?://[^|>]*\|([^>]*)>", r"\1", text).translate(_QUOTES)


def words_of(text: str) -> list[str]:
    """The words of a command; quotes keep a name together. Raises Misunderstood."""
    lexer = shlex.shlex(re.sub(r"\s", " ", text), posix=True)
    lexer.whitespace += ","
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""
    try:
        return list(lexer)
    except ValueError:
        raise Misunderstood("There is a quotation mark without its partner") from None


def words_or_none(text: str) -> list[str] | None:
    """The words of a text that may be no command; None where its quotes have no partners."""
    try:
        return words_of(text)
    except Misunderstood:
        return None
