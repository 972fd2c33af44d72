"""blocks.validate, by docs.slack.dev/reference/methods/blocks.validate."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.slack.blocks.surfaces import problems_of_message, problems_of_view
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused, refuse_for

SUBJECTS = ("blocks", "view", "message")
_PLACE = re.compile(r"^(.*) \[json-pointer:(.*)\]$", re.DOTALL)


def validate(team: Team, arguments: Arguments) -> JSON:
    """Say what is wrong with blocks, a view or a message: exactly one of them."""
    given = [name for name in SUBJECTS if name in arguments]
    if len(given) != 1:
        sentence = "must provide exactly one of `blocks`, `view`, or `message`"
        raise Refused("invalid_arguments", response_metadata={"messages": [sentence]})
    [name] = given
    value = arguments.structure(name, error="invalid_arguments")
    if problems := _problems(name, value):
        raise Refused(f"invalid_{name}", errors=[_error(problem, name) for problem in problems])
    return {}


def _problems(name: str, value: Any) -> list[str]:
    if name == "view":
        return problems_of_view(value)
    if name == "message":
        if not isinstance(value, dict) or not value.keys() <= {"blocks", "attachments", "text"}:
            raise refuse_for("invalid_arguments", ["message must be an object"])
        value = value.get("blocks", [])
    return problems_of_message(value)


def _error(problem: str, name: str) -> JSON:
    """A problem as this method says it; of `blocks` the pointer begins within the list."""
    found = _PLACE.match(problem)
    message, pointer = found.groups() if found else (problem, "")
    root = {"blocks": "/blocks", "view": "/view", "message": ""}[name]
    return {
        "code": "failed_constraint",
        "message": message,
        "pointer": pointer.removeprefix(root),
        "constraint": {},
    }
