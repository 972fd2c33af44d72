"""Events as receivers read them: their types, and the models of their contents."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

REGISTERED, MOVED, CANCELLED = "mac.registered", "mac.moved", "mac.cancelled"
IMAGING, CONFIRMED, FAILED = "mac.imaging", "mac.confirmed", "mac.failed"
STALLED, UNKNOWN, TROUBLE, DIGEST, TEST = "mac.stalled", "mac.unknown", "trouble", "digest", "test"
OF_MACS = (REGISTERED, MOVED, CANCELLED, IMAGING, CONFIRMED, FAILED, STALLED, UNKNOWN)
TYPES = (*OF_MACS, TROUBLE, DIGEST)  # to which a receiver can listen; a test comes to each


class Told(BaseModel):
    """A base of the contents of events."""

    model_config = ConfigDict(extra="forbid")


class Person(Told):
    """A person: the id by which Rollcall knows them, and the name, where it is known."""

    id: str
    name: str | None = None


class FormerPlace(Told):
    """A place of a Mac before the event, and its state there."""

    site: str
    build: str
    state: str


class MacTold(Told):
    """A Mac after the event; `who` is null for the Mac itself, `batch` the id of its card."""

    serial: str
    site: str
    build: str
    state: str
    registration: int
    batch: int | None = None
    computer_name: str | None = None
    who: Person | None = None
    previous: FormerPlace | None = None
    link: str | None = Field(None, description="its page on the board, where there is one")
    joined: int = Field(0, description="earlier events of this Mac that this one stands for")


class UnknownTold(Told):
    """A Mac that booted and is not registered."""

    serial: str
    link: str | None = None


class TroubleTold(Told):
    """Trouble that a person has to fix, as Slack's channel reads it."""

    text: str
    channel: str


class DigestTold(Told):
    """The numbers of the daily digest of a channel."""

    channel: str
    sites: list[str]
    failed: int
    stalled: int
    waiting: int
    drifted: int
    unknown: int


class TestTold(Told):
    """A test message, which an admin asked for."""

    __test__ = False  # pytest takes it for one
    text: str


TOLD: dict[str, type[Told]] = {
    **dict.fromkeys(OF_MACS, MacTold),
    UNKNOWN: UnknownTold,
    TROUBLE: TroubleTold,
    DIGEST: DigestTold,
    TEST: TestTold,
}
"""The model of each type of message."""


_BY_STATE: dict[str, str] = {
    "waiting": REGISTERED,
    "imaging": IMAGING,
    "confirmed": CONFIRMED,
    "failed": FAILED,
}
STATES: dict[str, str] = {
    **{kind: state for state, kind in _BY_STATE.items()},
    MOVED: "waiting",
    CANCELLED: "cancelled",
}
"""The state of a Mac after an event of each type."""
Values = dict[str, Any] | None


def type_of(kind: str, before: Values, after: Values) -> str | None:
    """Return the type of a change of a registration; None where it is of no interest.

    It follows from the values before and after, so an undo has the type of its result.
    """
    if kind in _BY_STATE:  # a Mac's own call
        return _BY_STATE[kind]
    if after is None:
        return CANCELLED
    if before is None or kind == "registered":
        return REGISTERED
    if (before.get("site"), before.get("build")) != (after.get("site"), after.get("build")):
        return (
            MOVED if after.get("state", "waiting") == "waiting" else _BY_STATE.get(after["state"])
        )
    is_turn = before.get("state") != after.get("state")
    return _BY_STATE.get(str(after.get("state"))) if is_turn else None
