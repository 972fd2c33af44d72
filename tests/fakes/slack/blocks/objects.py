"""Composition objects: texts, options, confirmations (docs.slack.dev, Block Kit, "Composition
objects").
"""

from __future__ import annotations

from tests.fakes.slack.blocks.schema import Check, boolean, by_type, like, one_of, shape, string

URL = like(r"[a-z][a-z0-9+.-]*:\S+", 3000)
IDENTIFIER = string(255)


def plain(most: int) -> Check:
    """A `plain_text` object of 1 to `most` characters: Slack refuses an empty text."""
    return by_type({"plain_text": _plain(most)})


def text(most: int) -> Check:
    """A `plain_text` or a `mrkdwn` object of 1 to `most` characters."""
    return by_type({"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)})


def option(label: Check, *, url: bool = False) -> Check:
    """An option: text 75, value 150, description 75 characters; only an overflow's has a URL."""
    extra = {"url": URL} if url else {}
    return shape({"text": label, "value": string(150)}, {"description": label, **extra})


def _plain(most: int) -> Check:
    return shape({"text": string(most)}, {"emoji": boolean})


def _mrkdwn(most: int) -> Check:
    return shape({"text": string(most)}, {"verbatim": boolean})


OPTION = option(plain(75))
OVERFLOW_OPTION = option(plain(75), url=True)

CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
