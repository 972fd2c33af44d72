"""The options that an app gives to an external menu."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.blocks.objects import OPTION
from tests.fakes.slack.blocks.schema import array
from tests.fakes.slack.web.wire import JSON, refuse_for

MIN_QUERY_LENGTH = 3
"""Letters before the app is asked, unless it says otherwise (docs.slack.dev, "Select menu")."""

OPTIONS = array(OPTION, 100, least=0)


def long_enough(element: JSON, query: str) -> bool:
    """True if Slack asks the app for these letters."""
    return len(query) >= int(element.get("min_query_length", MIN_QUERY_LENGTH))


def options_of(body: Any) -> list[JSON]:
    """The options in an answer to block_suggestion. Raises Refused."""
    if not isinstance(body, dict):
        return []
    options: list[JSON] = body.get("options", [])
    if problems := [*OPTIONS(options, "/options")]:
        raise refuse_for("invalid_options", problems)
    return options
