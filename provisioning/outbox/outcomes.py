"""Outcomes of an attempt to deliver a message, as a transport reports them.

`name` is what the log calls each.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class Sent:
    """The message is shown, under the id `ts`."""

    name: ClassVar = "sent"
    ts: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """The message was turned away for now.

    `in_doubt` where it may have been shown all the same; `after` where it was said how long to
    wait.
    """

    name: ClassVar = "postponed"
    reason: str
    in_doubt: bool
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The message left, and no answer came: it may be shown, and it may be shown yet."""

    name: ClassVar = "unanswered"
    reason: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """The message did not leave this time; what there was of a doubt is as it was."""

    name: ClassVar = "unsent"
    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The message that was to be edited is not there any more."""

    name: ClassVar = "gone"


@dataclass(frozen=True, slots=True)
class Refused:
    """The message is not taken before an admin has fixed `reason`."""

    name: ClassVar = "refused"
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The message has nothing to say any more."""

    name: ClassVar = "skipped"


Outcome: TypeAlias = Sent | Postponed | Unanswered | Unsent | Gone | Refused | Skipped
