"""The history of a Mac, and the log of operations, as people read them."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from slack_sdk.models.blocks import TableBlock

from bot.monitoring import drift_blocks
from bot.registrations import manifest_history
from bot.slack.markup import Message, moment, paragraphs, person, place, reported, section, standing
from bot.slack.tables import FEWEST, Cell, TableColumn, joined, table, when, who, words
from provisioning.firstboot.replacements.models import Replacement
from provisioning.maintenance.acts.words import EVENTS, action, way
from provisioning.monitoring.drift.models import Drift
from provisioning.registrations.history import History
from provisioning.registrations.models import FAILED, Event, Operation
from provisioning.values.kinds import BUILD, SITE
from provisioning.values.language import _, aside, ngettext, stated
from provisioning.values.slack import escape

# Characters: what Slack takes of a message for sure, its blocks included.
LONGEST = 12_000


def mac(history: History, drift: Drift | None = None, swaps: Sequence[Replacement] = ()) -> Message:
    """A Mac: its state, and its events, the newest first.

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
        lines.append(_("… and {number} older", number=older))
    manifest = manifest_history.change(history.change) if history.change else ()
    drifted = drift_blocks.blocks(drift, history.mac) if drift else ()
    return Message(head, [*paragraphs(lines), *drifted, *manifest])


def _unheard(swap: Replacement) -> str:
    return _(
        ":warning: Its board was swapped {moment}, and it was not heard as `{new_name}` since: "
        "the manifest of `{old_name}` stays, kept in sync. Have it fetch its script and run it; "
        "or, where Munki there asks for `{new_name}` already, remove the manifest of "
        "`{old_name}`.",
        moment=moment(swap.at),
        new_name=swap.new_name,
        old_name=swap.old_name,
    )


def log(operations: Sequence[tuple[Operation, int]]) -> Message:
    """The log of operations, the newest first."""
    head = _("Nobody has done anything yet.")
    if operations:
        head = ngettext("The last action", "The last {number} actions", len(operations))
    lines = [head, *(f"• {_operation(operation, number)}" for operation, number in operations)]
    if len(operations) < FEWEST:
        return Message(head, paragraphs(lines))
    return Message(head, [section(head), _table(operations)], paragraphs(lines))


def _table(operations: Sequence[tuple[Operation, int]]) -> TableBlock:
    return table(
        TableColumn(_("When"), [when(operation.at) for operation, __ in operations]),
        TableColumn(_("Who"), [_actor(operation.by) for operation, __ in operations]),
        TableColumn(_("What"), [words(action(*row)) for row in operations]),
        TableColumn(_("How"), [words(way(operation)) for operation, __ in operations]),
        TableColumn(
            _("Undone"),
            [
                joined(when(operation.undone_at), _actor(operation.undone_by))
                if operation.undone_at
                else ()
                for operation, __ in operations
            ],
        ),
    )


def _actor(user: str | None) -> Cell:
    return who(user) if user else words(_("an admin"))


def _fitting(lines: list[str]) -> list[str]:
    """The first lines, as many as fit into any message."""
    return [
        line for line, end in zip(lines, accumulate(map(len, lines)), strict=True) if end <= LONGEST
    ]


def _event(event: Event, operation: Operation | None) -> str:
    word = EVENTS.get(event.what)
    line = f"{moment(event.at)} {_(word) if word else escape(event.what)}"
    if event.before and event.after and "serial" in event.after:
        line = aside(line, f"`{event.before['serial']}` → `{event.after['serial']}`")
    places = [_place(destination) for destination in (event.before, event.after)]
    if event.after is not None:
        if event.what == "moved":
            line += _(" from {place} to {destination}", place=places[0], destination=places[1])
        else:
            line += _(", ") + places[1]
    if event.after and event.after.get("computer_name"):
        line += _(", called {name}", name=escape(event.after["computer_name"]))
    if event.what == FAILED and event.after and event.after.get("step"):
        line = stated(line, reported(event.after["step"]))
    if event.by:
        line += _(", by {person}", person=person(event.by))
    return aside(line, escape(way(operation))) if operation else line


def _place(destination: dict[str, Any] | None) -> str:
    if not destination:
        return _("nowhere")
    site, build = (f"{destination.get(kind, '')}" for kind in (SITE, BUILD))
    return place(site, build)


def _operation(operation: Operation, number: int) -> str:
    by = person(operation.by) if operation.by else _("an admin")
    line = _(
        "{moment} {person} {action} ({way})",
        moment=moment(operation.at),
        person=by,
        action=action(operation, number),
        way=escape(way(operation)),
    )
    if operation.undone_at is not None:
        by = person(operation.undone_by) if operation.undone_by else _("an admin")
        line += _(", undone {moment} by {person}", moment=moment(operation.undone_at), person=by)
    return line
