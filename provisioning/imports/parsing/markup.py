"""What clings to text that was copied out of Slack, a mail or a web page."""

import html
import re

_LINK = re.compile(r"<(?:https?|mailto|tel|ftp):[^<>|]{0,2000}\|([^<>]{0,2000})>")
_MENTION = re.compile(r"<[@#!][^<>]{0,200}>")
_UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff\ue000-\uf8ff]"
)
_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK = re.compile(r"[^\S\t\n]")
_QUOTES = re.compile("[`\"'´‘’‚‛“”„‟«»‹›–—―…•·]")


def plain(text: str) -> str:
    """Return `text` as lines of words: no mark-up of Slack's, nothing unseen, no quotes.

    Tabs and line feeds stay, every other white space is a space.
    """
    text = _MENTION.sub(" ", _LINK.sub(r"\1", text))
    text = _UNSEEN.sub("", html.unescape(text))
    return _QUOTES.sub(" ", _BLANK.sub(" ", _BREAK.sub("\n", text)))
