"""Blocks of a dry run: the rows of an import by kind, and its buttons."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    ExternalDataSelectElement,
    PlainTextObject,
    TableBlock,
)

from bot.slack.buttons import DANGER, danger, rows
from bot.slack.markup import (
    Message,
    announcement,
    escape,
    macs,
    markup,
    moment,
    person,
    place,
    places,
    section,
)
from bot.slack.tables import FEWEST, Column, code, destination, table, words
from provisioning.imports.dry_run import (
    CONFLICT,
    DOUBTFUL,
    INVALID,
    MOVED,
    NEW,
    NOWHERE,
    OPEN,
    UNCHANGED,
)
from provisioning.imports.models import Import
from provisioning.imports.summary import LEFT_OUT, is_whole

# The actions of buttons and menus.
REGISTER, WITH_DOUBTFUL, WITH_CONFLICTS = "import", "import_doubtful", "import_conflicts"
WITH_ALL, DROP, SEND = "import_all", "import_drop", "import_send"
EDIT = "import_edit"
SITE, BUILD = "import_site", "import_build"
INCLUDING = {
    REGISTER: (),
    WITH_DOUBTFUL: (DOUBTFUL,),
    WITH_CONFLICTS: (CONFLICT,),
    WITH_ALL: (DOUBTFUL, CONFLICT),
}

LONGEST_KIND = 1200  # characters of the rows of one kind: all of them fit into one message
LONGEST_NAME, LONGEST_REASON = 40, 180  # characters of a person's text, before escaping
MOST_PLACES = 6
_TITLES = {
    NEW: "New",
    MOVED: "Registered elsewhere by the same person, or done there: would be moved",
    DOUBTFUL: "Doubtful: check them against the Macs",
    CONFLICT: "Waiting elsewhere, registered by somebody else",
    NOWHERE: "Without a place yet",
    INVALID: "Cannot be read",
    UNCHANGED: "Already registered like this",
}


# What else may be of Macs than ready, in an adjective.
LEFT = {
    DOUBTFUL: "doubtful",
    CONFLICT: "waiting elsewhere",
    NOWHERE: "without a place",
    INVALID: "unreadable",
    UNCHANGED: "already registered like this",
    LEFT_OUT: "left out",
}


def dry_run(imported: Import, *, sent: bool = False) -> Message:
    """Return the message of a dry run, with the buttons that say yes to it.

    Where it is too long and has no thread for a file, a button offers one; `sent`: it was sent.
    """
    stored = imported.shown or {}
    counts: Mapping[str, int] = stored["counts"]
    ready = counts[NEW] + counts[MOVED]
    head = f"*{macs(ready)} can be registered.* Nothing is registered yet."
    lines = [head, *_places(stored["places"])]
    above: list[Block] = [section("\n".join(lines))]
    if imported.note:
        above.append(section(f"> {escape(imported.note)}"))
    new = stored["first"][NEW]
    kinds = [
        section(_kind(kind, counts[kind], stored["first"][kind]))
        for kind in _TITLES
        if counts[kind]
    ]
    below = _below(imported, sent=sent)
    text, lines_alone = _announced(imported, counts), [*above, *kinds, *below]
    if not _is_tabular(new):
        return Message(text, lines_alone)
    tabled = [section(f"*{_TITLES[NEW]}: {counts[NEW]}*"), _table(new)]
    if counts[NEW] > len(new):
        tabled.append(section(f"… and {counts[NEW] - len(new)} more"))
    return Message(text, [*above, *tabled, *kinds[1:], *below], lines_alone)


def _is_tabular(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether rows read better as a table: there are several, and none needs a reason."""
    return len(rows) >= FEWEST and not any(row["why"] for row in rows)


def _table(rows: Sequence[Mapping[str, Any]]) -> TableBlock:
    return table(
        Column("Serial", [code(row["serial"]) for row in rows]),
        Column("Name", [words((row.get("name") or "")[:LONGEST_NAME]) for row in rows]),
        Column("Goes to", [destination(*_names(row)) for row in rows]),
        Column("From", [words((row["where"] or "")[:LONGEST_NAME]) for row in rows]),
    )


def _below(imported: Import, *, sent: bool) -> list[Block]:
    """The blocks below the rows: how many were left out, the menus, the buttons and its end."""
    stored = imported.shown or {}
    counts: Mapping[str, int] = stored["counts"]
    blocks: list[Block] = []
    if left_out := stored.get("left_out"):
        blocks.append(section(f"*Left out: {left_out}*"))
    if menus := [_menu(name) for name in stored["wants"]]:
        blocks.append(section("Where should the rows go that do not say?"))
        blocks.append(ActionsBlock(block_id=f"places-{imported.id}", elements=menus))
    buttons = _buttons(imported, counts)
    if imported.card_id is None and not is_whole(stored):
        if sent:
            blocks.append(section("The whole list comes as a message from Rollcall."))
        else:
            buttons.append(_button(imported, SEND, "Send me the whole list"))
    blocks += rows(buttons, block_id=f"import-{imported.id}")
    if imported.ends_at is not None:
        ends = markup(
            f"It ends by itself {moment(imported.ends_at)}, unless somebody registers or edits it."
        )
        blocks.append(ContextBlock(elements=[ends]))
    return blocks


def announced(imported: Import, kinds: Sequence[str], total: int, state: str) -> str:
    """The text of a message about `total` Macs of an import, which are those of these kinds."""
    first = (imported.shown or {}).get("first", {})
    rows = [row for kind in kinds for row in first.get(kind, ())]
    return announcement(
        [escape(row["serial"][:64]) for row in rows],
        total,
        target=places(_names(row) for row in rows) if total == len(rows) else "",
        origin=f"handed in by {person(imported.by)}",
        state=state,
    )


def _announced(imported: Import, counts: Mapping[str, int]) -> str:
    """The text of a dry run: the ready Macs, or else the others that can be made ready."""
    kinds, state = [NEW, MOVED], "not registered yet"
    if not any(counts[kind] for kind in kinds):
        kinds, state = [DOUBTFUL, CONFLICT, NOWHERE], "none of it is ready to be registered"
    rest = ", ".join(f"{counts[kind]} {LEFT[kind]}" for kind in LEFT if counts.get(kind))
    total = sum(counts[kind] for kind in kinds)
    return announced(imported, kinds, total, f"{state}{f' ({rest})' if rest else ''}")


def _places(places: Sequence[tuple[str, str, int]]) -> list[str]:
    lines = [
        f"• {macs(number)} for {_place({'site': site, 'build': build})}"
        for site, build, number in places[:MOST_PLACES]
    ]
    if len(places) > MOST_PLACES:
        lines.append(f"• … and {len(places) - MOST_PLACES} more places")
    return lines


def _kind(kind: str, number: int, first: Sequence[Mapping[str, Any]]) -> str:
    lines = [f"*{_TITLES[kind]}: {number}*"]
    rows = [line(kind, row) for row in first]
    ends = accumulate(len(row) + 1 for row in rows)
    rows = [row for row, end in zip(rows, ends, strict=True) if end <= LONGEST_KIND]
    more = [f"… and {number - len(rows)} more"] if number > len(rows) else []
    return "\n".join([*lines, *rows, *more])


def line(kind: str, row: Mapping[str, Any]) -> str:
    """A row of a summary: its Mac, its destination, its current place and the reason."""
    name = escape(row["serial"][:64])
    text = f"• `{name}`"
    if row["where"]:
        text += f" ({escape(row['where'][:LONGEST_NAME])})"
    if row.get("name"):
        text += f" called {escape(row['name'][:LONGEST_NAME])}"
    if kind in (NEW, MOVED, DOUBTFUL, CONFLICT) and (row["site"] or row["build"]):
        text += f" → {_place(row)}"
    current = row.get("standing")
    if current and kind != NEW:
        text += f", registered for {_place(current)}" if kind != UNCHANGED else ", registered"
        text += f" by {person(current['by'])} {moment(datetime.fromisoformat(current['since']))}"
    if row["why"]:
        text += f": {escape(row['why'][:LONGEST_REASON])}"
    return text


def _place(destination: Mapping[str, Any]) -> str:
    return place(*_names(destination))


def _names(destination: Mapping[str, Any]) -> tuple[str, str]:
    site, build = destination["site"] or "", destination["build"] or ""
    return site[:LONGEST_NAME], build[:LONGEST_NAME]


def _menu(name: str) -> ExternalDataSelectElement:
    return ExternalDataSelectElement(
        action_id=SITE if name == "site" else BUILD,
        placeholder=f"Choose a {name}",
        min_query_length=0,
    )


def _buttons(imported: Import, counts: Mapping[str, int]) -> list[ButtonElement]:
    ready, doubtful, conflicts = counts[NEW] + counts[MOVED], counts[DOUBTFUL], counts[CONFLICT]
    buttons = []
    if ready:
        buttons.append(_button(imported, REGISTER, f"Register {macs(ready)}", style="primary"))
    if doubtful:
        text = f"{'Also' if ready else 'Register'} {doubtful} doubtful"
        buttons.append(_button(imported, WITH_DOUBTFUL, text))
    if conflicts:
        text = f"Move {conflicts} conflict{'s' * (conflicts > 1)}{' too' * bool(ready)}"
        buttons.append(_button(imported, WITH_CONFLICTS, text, confirm=_sure(conflicts)))
    if doubtful and conflicts:
        text = f"All {ready + doubtful + conflicts} Macs"
        buttons.append(_button(imported, WITH_ALL, text, confirm=_sure(conflicts)))
    if rows := _editable(imported):
        text = "Edit 1 row" if rows == 1 else f"Edit {rows} rows"
        buttons.append(_button(imported, EDIT, text))
    lost = ready + doubtful + conflicts
    return [*buttons, _drop(imported, lost) if lost else _button(imported, DROP, "Drop")]


def _drop(imported: Import, number: int) -> ButtonElement:
    them = "it" if number == 1 else "them"
    return danger(
        "Drop",
        DROP,
        str(imported.id),
        title=f"Drop {macs(number)}?",
        consequence=f"Nothing is registered. To register {them} later, hand {them} in again.",
        confirm=f"Drop {macs(number)}",
    )


def _editable(imported: Import) -> int:
    """The number of rows that a person may put right, and of those that were."""
    stored = imported.shown or {}
    counts: Mapping[str, int] = stored["counts"]
    return sum(counts[kind] for kind in OPEN) + int(stored.get("edited", 0))


def _button(imported: Import, action: str, text: str, **keys: Any) -> ButtonElement:
    return ButtonElement(text=text, action_id=action, value=str(imported.id), **keys)


def _sure(conflicts: int) -> ConfirmObject:
    return ConfirmObject(
        title=f"Move {macs(conflicts)}?",
        text=PlainTextObject(
            text=f"Somebody else registered {macs(conflicts)} for another place, where they wait "
            "for their first boot. They would go where this says instead."
        ),
        confirm=f"Move {macs(conflicts)}",
        deny="Leave it",
        style=DANGER,
    )
