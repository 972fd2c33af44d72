"""Slack's markup: texts of others in it, which must not be markup."""

from html import escape as escape_html

INVISIBLE = "\u200b"  # takes a mark's power without being seen


def escape(text: str) -> str:
    """Text of a person or a file, without the power to be markup, a mention or a link."""
    text = escape_html(text, quote=False)
    return "".join(f"{mark}{INVISIBLE}" if mark in "*_~`" else mark for mark in text)
