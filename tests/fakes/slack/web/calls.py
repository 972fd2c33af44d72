"""One call of the Web API: what was asked, and what became of it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.web.wire import JSON, Refused, refuse_for


@dataclass
class Call:
    """A recorded call. `status` is the HTTP status, 0 without an answer, None until then."""

    method: str
    arguments: JSON
    at: float = field(default_factory=time.monotonic)
    status: int | None = None
    error: str | None = None


class Arguments:
    """A call's arguments, whether they came as a form (all text) or as JSON."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = dict(values)

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        """The argument as text; empty if it is missing."""
        return str(self.values.get(name) or "")

    def required(self, name: str) -> str:
        """The argument as text. Raises Refused if it is missing."""
        if name not in self or self.values[name] == "":
            raise refuse_for("invalid_arguments", [f"missing required field: {name}"])
        return self.text(name)

    def flag(self, name: str) -> bool:
        """The argument as true or false; false if it is missing."""
        return str(self.values.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int, *, error: str) -> int:
        """The argument as a whole number. Raises Refused with `error`."""
        try:
            return int(self.values.get(name) or default)
        except (TypeError, ValueError):
            raise Refused(error) from None

    def structure(self, name: str, *, error: str) -> Any:
        """The argument as JSON, which a form carries as text. Raises Refused with `error`."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Refused(error) from None
