"""Outcomes of an attempt to deliver a message, as a transport reports them.

`name` is the outcome's name in the log.
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
    """The message was not taken yet.

    `in_doubt`: it may be shown all the same. `after` is the time to wait, where the answer had one.
    """

    name: ClassVar = "postponed"
    reason: str
    in_doubt: bool
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The message was sent, and no answer came: it may be shown now or later."""

    name: ClassVar = "unanswered"
    reason: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """The message was not sent this time; a doubt about an earlier attempt stays."""

    name: ClassVar = "unsent"
    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The message that was to be edited does not exist any more."""

    name: ClassVar = "gone"


@dataclass(frozen=True, slots=True)
class Refused:
    """The message is not taken before an admin has fixed `reason`.

    `is_of_channel`: no message would be taken there, whatever it says.
    """

    name: ClassVar = "refused"
    reason: str
    is_of_channel: bool = False


@dataclass(frozen=True, slots=True)
class Declined:
    """The message was not taken this time, and others may be: its channel goes on.

    Later messages of the same Mac wait for it.
    """

    name: ClassVar = "declined"
    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """The message was not sent: it has no content any more, or no reader, for a `reason`."""

    name: ClassVar = "skipped"
    reason: str = "it has no content any more"


Outcome: TypeAlias = Sent | Postponed | Unanswered | Unsent | Gone | Declined | Refused | Skipped
