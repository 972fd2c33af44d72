"""What happened to a Mac, and what people did, as they read it."""

from collections.abc import Sequence
from typing import Any

from bot.blocks.texts import Message, escape, macs, moment, paragraphs, person, place, standing
from provisioning.histories import History
from provisioning.models import FAILED, Act, Event

LONGEST_REASON = 100  # characters of why a Mac failed

_WORDS = {
    "registered": "registered",
    "moved": "moved",
    "cancelled": "cancelled",
    "reimaged": "sent to be imaged again",
    "confirmed": "confirmed: its manifest is written",
    "failed": "failed",
    "imaging": "began to be imaged",
    "undone": "taken back",
}


def mac(history: History) -> Message:
    """A Mac: how it stands, and everything that happened to it, the newest first."""
    head = standing(history.mac)
    lines = [head, *(f"• {_event(event, act)}" for event, act in history.events)]
    return Message(head, paragraphs(lines))


def log(acts: Sequence[tuple[Act, int]]) -> Message:
    """What people did, the newest first."""
    head = f"The last {len(acts)} things that people did" if acts else "Nobody has done anything."
    return Message(head, paragraphs([head, *(f"• {_act(act, number)}" for act, number in acts)]))


def _event(event: Event, act: Act | None) -> str:
    line = f"{moment(event.at)} {_WORDS.get(event.what, escape(event.what))}"
    places = [_place(where) for where in (event.before, event.after)]
    if event.after is not None:
        line += f" from {places[0]} to {places[1]}" if event.what == "moved" else f", {places[1]}"
    if event.what == FAILED and event.after and event.after.get("step"):
        line += f": {escape(event.after['step'][:LONGEST_REASON])}"
    if event.by:
        line += f", by {person(event.by)}"
    return f"{line} ({escape(act.via)})" if act else line


def _place(where: dict[str, Any] | None) -> str:
    return place(where["site"], where["build"]) if where else "nowhere"


def _act(act: Act, number: int) -> str:
    line = f"{moment(act.at)} {person(act.by)} {act.what} {macs(number)} ({escape(act.via)})"
    if act.undone_at is not None and act.undone_by:
        line += f", undone {moment(act.undone_at)} by {person(act.undone_by)}"
    return line
