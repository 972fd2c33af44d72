"""An alert, and the notice of it that is sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infrastructure.text import minute

BEGUN, OVER, TRIED = "firing", "over", "test"  # states of a notice


@dataclass(frozen=True, slots=True)
class Alert:
    """A fact that an admin has to know, and its `fix`.

    While it lasts it has one `key`, whose first word is the name of its kind.
    """

    key: str
    fact: str
    fix: str
    since: datetime


Condition = Callable[[datetime], Iterable[Alert]]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of an alert: that it has begun, or that it is over; or a test."""

    alert: Alert
    state: str

    @property
    def text(self) -> str:
        """The whole notice, for people."""
        since = minute(self.alert.since)
        if self.state == OVER:
            return f"Over, after it began at {since}: {self.alert.fact}"
        return f"{self.alert.fact} {self.alert.fix}".strip()

    def to_json(self) -> dict[str, Any]:
        """The fields that a webhook gets."""
        return {
            "text": self.text,
            "alert": self.alert.key.partition(" ")[0],
            "state": self.state,
            "since": self.alert.since.isoformat(),
            "fix": self.alert.fix,
        }
