"""The history of a Mac, and the log of operations, as people read them."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from slack_sdk.models.blocks import TableBlock

from bot.monitoring import drift_blocks
from bot.registrations import manifest_history
from bot.slack.markup import (
    Message,
    escape,
    macs,
    moment,
    paragraphs,
    person,
    place,
    section,
    standing,
)
from bot.slack.tables import FEWEST, Cell, Column, joined, table, when, who, words
from provisioning.firstboot.replacements.models import Replacement
from provisioning.monitoring.drift.models import Drift
from provisioning.registrations.history import History
from provisioning.registrations.models import ADOPTED, BENCHED, FAILED, Event, Operation

LONGEST_REASON = 100  # characters of the reason for which a Mac failed

# Characters: what Slack takes of a message for sure, its blocks included.
LONGEST = 12_000

_WORDS = {
    "registered": "registered",
    "moved": "moved",
    "cancelled": "cancelled",
    "reimaged": "sent to be imaged again",
    "confirmed": "confirmed: its manifest is written",
    "failed": "failed",
    "imaging": "began to be imaged",
    "undone": "taken back",
    "corrected": "given another serial",
    "replaced": "replaced, itself or its board",
    "named": "given a name",
    "decided": "decided what becomes of two includes of one kind",
    "carried over": "carried over from a manifest whose name differs in case only",
    "renamed": "renamed with the layout of the repo",
    ADOPTED: "adopted: its manifest was there",
    "put back": "its manifest was put back",
    "taken over": "registered for where its manifest leads",
}


def mac(history: History, drift: Drift | None = None, swaps: Sequence[Replacement] = ()) -> Message:
    """A Mac: how it stands, and everything that happened to it, the newest first.

    With its open drift, where there is one, come the buttons that settle it. `swaps` of its board
    are those after which it was not heard.
    """
    head = standing(history.mac)
    top = [head, *(_unheard(swap) for swap in swaps)]
    lines = _fitting(
        [*top, *(f"• {_event(event, operation)}" for event, operation in history.events)]
    )
    older = history.total - len(lines) + len(top)
    if older:
        lines.append(f"… and {older} older")
    manifest = manifest_history.change(history.change) if history.change else ()
    drifted = drift_blocks.blocks(drift, history.mac) if drift else ()
    return Message(head, [*paragraphs(lines), *drifted, *manifest])


def _unheard(swap: Replacement) -> str:
    return (
        f":warning: Its board was swapped {moment(swap.at)}, and it was not heard as "
        f"`{swap.new_name}` since: the manifest of `{swap.old_name}` stays, kept in sync. Have it "
        f"fetch its script and run it; or, where Munki there asks for `{swap.new_name}` already, "
        f"remove the manifest of `{swap.old_name}`."
    )


def log(operations: Sequence[tuple[Operation, int]]) -> Message:
    """The log of operations, the newest first."""
    head = f"The last {len(operations)} actions" if operations else "Nobody has done anything yet."
    lines = [head, *(f"• {_operation(operation, number)}" for operation, number in operations)]
    if len(operations) < FEWEST:
        return Message(head, paragraphs(lines))
    return Message(head, [section(head), _table(operations)], paragraphs(lines))


def _table(operations: Sequence[tuple[Operation, int]]) -> TableBlock:
    return table(
        Column("When", [when(operation.at) for operation, _ in operations]),
        Column("Who", [_actor(operation.by) for operation, _ in operations]),
        Column("What", [words(_action(*row)) for row in operations]),
        Column("How", [words(operation.via) for operation, _ in operations]),
        Column(
            "Undone",
            [
                joined(when(operation.undone_at), _actor(operation.undone_by))
                if operation.undone_at
                else ()
                for operation, _ in operations
            ],
        ),
    )


def _actor(user: str | None) -> Cell:
    return who(user) if user else words("an admin")


def _action(operation: Operation, number: int) -> str:
    if operation.what == BENCHED:
        return f"opened a bench, which took {macs(number)}"
    return f"{operation.what} {macs(number)}"


def _fitting(lines: list[str]) -> list[str]:
    """The first lines, as many as a message surely holds."""
    return [
        line for line, end in zip(lines, accumulate(map(len, lines)), strict=True) if end <= LONGEST
    ]


def _event(event: Event, operation: Operation | None) -> str:
    line = f"{moment(event.at)} {_WORDS.get(event.what, escape(event.what))}"
    if event.before and event.after and "serial" in event.after:
        line += f" (`{event.before['serial']}` → `{event.after['serial']}`)"
    places = [_place(destination) for destination in (event.before, event.after)]
    if event.after is not None:
        line += f" from {places[0]} to {places[1]}" if event.what == "moved" else f", {places[1]}"
    if event.after and event.after.get("computer_name"):
        line += f", called {escape(event.after['computer_name'])}"
    if event.what == FAILED and event.after and event.after.get("step"):
        line += f": {escape(event.after['step'][:LONGEST_REASON])}"
    if event.by:
        line += f", by {person(event.by)}"
    return f"{line} ({escape(operation.via)})" if operation else line


def _place(destination: dict[str, Any] | None) -> str:
    return place(destination["site"], destination["build"]) if destination else "nowhere"


def _operation(operation: Operation, number: int) -> str:
    by = person(operation.by) if operation.by else "an admin"
    line = f"{moment(operation.at)} {by} {_action(operation, number)} ({escape(operation.via)})"
    if operation.undone_at is not None:
        by = person(operation.undone_by) if operation.undone_by else "an admin"
        line += f", undone {moment(operation.undone_at)} by {by}"
    return line
