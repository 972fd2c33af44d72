"""JSON on the wire, and Slack's way to refuse a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

JSON = dict[str, Any]


class Refused(Exception):
    """Slack answers `{"ok": false, "error": error}`, with HTTP 200."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error, *details.values())
        self.error = error
        self.details = details

    def body(self) -> JSON:
        """The answer as Slack writes it."""
        return {"ok": False, "error": self.error, **self.details}


def refuse_for(error: str, problems: Sequence[str]) -> Refused:
    """A refusal that says where: `[ERROR] what is wrong [json-pointer:/blocks/0/text]`.

    Slack repeats the problems of `invalid_blocks` and of `invalid_arguments` in
    `response_metadata.messages` (docs.slack.dev, Web API, "Evaluating responses").
    """
    messages = [f"[ERROR] {problem}" for problem in problems]
    return Refused(error, errors=list(problems), response_metadata={"messages": messages})
