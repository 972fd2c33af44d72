"""The reader of settings from the environment; its error names each wrong one with its fix."""

import os
from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from infrastructure.errors import RollcallError
from rollcall.settings.common import Settings


class UnusableSettings(RollcallError):
    """Settings that are missing or unsafe; the text lists each with its fix."""


Kind = TypeVar("Kind", bound=Settings)


def read(kind: type[Kind]) -> Kind:
    """Read settings of a kind from the environment.

    Raises UnusableSettings, which names every variable that is missing or wrong, and no value.
    """
    try:
        return kind()
    except ValidationError as error:
        raise UnusableSettings(_fixes(kind, error)) from None


def speaks_slack_over_http(environment: Mapping[str, str] = os.environ) -> bool:
    """Return True with a signing secret and no app token: the server takes Slack's requests."""
    return bool(environment.get("SLACK_SIGNING_SECRET") and not environment.get("SLACK_APP_TOKEN"))


def _fixes(kind: type[Settings], error: ValidationError) -> str:
    described = {field.alias: field.description for field in kind.model_fields.values()}
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        if problem["type"] == "missing":
            lines.append(f"{name} is not set: {described[name]}")
        else:
            reason = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{name}: {reason}" if name else reason)
    return "Rollcall cannot start.\n" + "\n".join(f"  - {line}" for line in lines)
