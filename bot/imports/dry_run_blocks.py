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

from bot.imports.reasons import placed, reworded
from bot.slack.buttons import DANGER, danger, rows
from bot.slack.language import _, commas, marked, ngettext
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
    NEW: marked("New"),
    MOVED: marked("Registered elsewhere by the same person, or done there: would be moved"),
    DOUBTFUL: marked("Doubtful: check them against the Macs"),
    CONFLICT: marked("Waiting elsewhere, registered by somebody else"),
    NOWHERE: marked("Without a place yet"),
    INVALID: marked("Cannot be read"),
    UNCHANGED: marked("Already registered like this"),
}


# What else may be of Macs than ready, in an adjective.
LEFT = {
    DOUBTFUL: marked("doubtful"),
    CONFLICT: marked("waiting elsewhere"),
    NOWHERE: marked("without a place"),
    INVALID: marked("unreadable"),
    UNCHANGED: marked("already registered like this"),
    LEFT_OUT: marked("left out"),
}


def dry_run(imported: Import, *, sent: bool = False) -> Message:
    """Return the message of a dry run, with the buttons that say yes to it.

    Where it is too long and has no thread for a file, a button offers one; `sent`: it was sent.
    """
    stored = imported.shown or {}
    counts: Mapping[str, int] = stored["counts"]
    ready = counts[NEW] + counts[MOVED]
    head = ngettext(
        "*{number} Mac can be registered.* Nothing is registered yet.",
        "*{number} Macs can be registered.* Nothing is registered yet.",
        ready,
    )
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
    tabled = [section(_titled(NEW, counts[NEW])), _table(new)]
    if counts[NEW] > len(new):
        tabled.append(section(_("… and {number} more", number=counts[NEW] - len(new))))
    return Message(text, [*above, *tabled, *kinds[1:], *below], lines_alone)


def _is_tabular(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether rows read better as a table: there are several, and none needs a reason."""
    return len(rows) >= FEWEST and not any(row["why"] for row in rows)


def _table(rows: Sequence[Mapping[str, Any]]) -> TableBlock:
    return table(
        Column(_("Serial"), [code(row["serial"]) for row in rows]),
        Column(_("Name"), [words((row.get("name") or "")[:LONGEST_NAME]) for row in rows]),
        Column(_("Goes to"), [destination(*_names(row)) for row in rows]),
        Column(_("From"), [words(placed(row["where"] or "")[:LONGEST_NAME]) for row in rows]),
    )


def _below(imported: Import, *, sent: bool) -> list[Block]:
    """The blocks below the rows: how many were left out, the menus, the buttons and its end."""
    stored = imported.shown or {}
    counts: Mapping[str, int] = stored["counts"]
    blocks: list[Block] = []
    if left_out := stored.get("left_out"):
        blocks.append(section(_("*Left out: {number}*", number=left_out)))
    if menus := [_menu(name) for name in stored["wants"]]:
        blocks.append(section(_("Where should the rows go that do not say?")))
        blocks.append(ActionsBlock(block_id=f"places-{imported.id}", elements=menus))
    buttons = _buttons(imported, counts)
    if imported.card_id is None and not is_whole(stored):
        if sent:
            blocks.append(section(_("The whole list comes as a message from Rollcall.")))
        else:
            buttons.append(_button(imported, SEND, _("Send me the whole list")))
    blocks += rows(buttons, block_id=f"import-{imported.id}")
    if imported.ends_at is not None:
        ends = markup(
            _(
                "It ends by itself {moment}, unless somebody registers or edits it.",
                moment=moment(imported.ends_at),
            )
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
        origin=_("handed in by {person}", person=person(imported.by)),
        state=state,
    )


def _announced(imported: Import, counts: Mapping[str, int]) -> str:
    """The text of a dry run: the ready Macs, or else the others that can be made ready."""
    kinds, state = [NEW, MOVED], _("not registered yet")
    if not any(counts[kind] for kind in kinds):
        kinds, state = [DOUBTFUL, CONFLICT, NOWHERE], _("none of it is ready to be registered")
    rest = commas(
        [
            _("{number} {state}", number=counts[kind], state=_(LEFT[kind]))
            for kind in LEFT
            if counts.get(kind)
        ]
    )
    total = sum(counts[kind] for kind in kinds)
    return announced(imported, kinds, total, f"{state}{f' ({rest})' if rest else ''}")


def _places(places: Sequence[tuple[str, str, int]]) -> list[str]:
    lines = [
        f"• {_('{macs} for {place}', macs=macs(number), place=place(*_names_of(site, build)))}"
        for site, build, number in places[:MOST_PLACES]
    ]
    if len(places) > MOST_PLACES:
        lines.append(f"• {_('… and {number} more places', number=len(places) - MOST_PLACES)}")
    return lines


def _kind(kind: str, number: int, first: Sequence[Mapping[str, Any]]) -> str:
    lines = [_titled(kind, number)]
    rows = [line(kind, row) for row in first]
    ends = accumulate(len(row) + 1 for row in rows)
    rows = [row for row, end in zip(rows, ends, strict=True) if end <= LONGEST_KIND]
    more = [_("… and {number} more", number=number - len(rows))] if number > len(rows) else []
    return "\n".join([*lines, *rows, *more])


def _titled(kind: str, number: int) -> str:
    return _("*{title}: {number}*", title=_(_TITLES[kind]), number=number)


def line(kind: str, row: Mapping[str, Any]) -> str:
    """A row of a summary: its Mac, its destination, its current place and the reason."""
    name = escape(row["serial"][:64])
    text = f"• `{name}`"
    if row["where"]:
        text += f" ({escape(placed(row['where'])[:LONGEST_NAME])})"
    if row.get("name"):
        text += _(" called {name}", name=escape(row["name"][:LONGEST_NAME]))
    if kind in (NEW, MOVED, DOUBTFUL, CONFLICT) and (row["site"] or row["build"]):
        text += f" → {_place(row)}"
    current = row.get("standing")
    if current and kind != NEW:
        facts = {
            "place": _place(current),
            "person": person(current["by"]),
            "moment": moment(datetime.fromisoformat(current["since"])),
        }
        if kind == UNCHANGED:
            text += _(", registered by {person} {moment}", **facts)
        else:
            text += _(", registered for {place} by {person} {moment}", **facts)
    if row["why"]:
        text += f": {escape(reworded(row['why'])[:LONGEST_REASON])}"
    return text


def _place(destination: Mapping[str, Any]) -> str:
    return place(*_names(destination))


def _names(destination: Mapping[str, Any]) -> tuple[str, str]:
    return _names_of(destination["site"], destination["build"])


def _names_of(site: str | None, build: str | None) -> tuple[str, str]:
    return (site or "")[:LONGEST_NAME], (build or "")[:LONGEST_NAME]


def _menu(name: str) -> ExternalDataSelectElement:
    return ExternalDataSelectElement(
        action_id=SITE if name == "site" else BUILD,
        placeholder=_("Choose a site") if name == "site" else _("Choose a build"),
        min_query_length=0,
    )


def _buttons(imported: Import, counts: Mapping[str, int]) -> list[ButtonElement]:
    ready, doubtful, conflicts = counts[NEW] + counts[MOVED], counts[DOUBTFUL], counts[CONFLICT]
    buttons = []
    if ready:
        buttons.append(
            _button(imported, REGISTER, _("Register {macs}", macs=macs(ready)), style="primary")
        )
    if doubtful:
        text = _("Register {number} doubtful", number=doubtful)
        if ready:
            text = _("Also {number} doubtful", number=doubtful)
        buttons.append(_button(imported, WITH_DOUBTFUL, text))
    if conflicts:
        text = ngettext("Move {number} conflict", "Move {number} conflicts", conflicts)
        if ready:
            text = ngettext("Move {number} conflict too", "Move {number} conflicts too", conflicts)
        buttons.append(_button(imported, WITH_CONFLICTS, text, confirm=_sure(conflicts)))
    if doubtful and conflicts:
        text = _("All {number} Macs", number=ready + doubtful + conflicts)
        buttons.append(_button(imported, WITH_ALL, text, confirm=_sure(conflicts)))
    if rows := _editable(imported):
        text = ngettext("Edit {number} row", "Edit {number} rows", rows)
        buttons.append(_button(imported, EDIT, text))
    lost = ready + doubtful + conflicts
    return [*buttons, _drop(imported, lost) if lost else _button(imported, DROP, _("Drop"))]


def _drop(imported: Import, number: int) -> ButtonElement:
    phrase = _("Drop {macs}", macs=macs(number))
    return danger(
        _("Drop"),
        DROP,
        str(imported.id),
        title=_("{phrase}?", phrase=phrase),
        consequence=ngettext(
            "Nothing is registered. To register it later, hand it in again.",
            "Nothing is registered. To register them later, hand them in again.",
            number,
        ),
        confirm=phrase,
    )


def _editable(imported: Import) -> int:
    """The number of rows that a person may put right, and of those that were."""
    stored = imported.shown or {}
    counts: Mapping[str, int] = stored["counts"]
    return sum(counts[kind] for kind in OPEN) + int(stored.get("edited", 0))


def _button(imported: Import, action: str, text: str, **keys: Any) -> ButtonElement:
    return ButtonElement(text=text, action_id=action, value=str(imported.id), **keys)


def _sure(conflicts: int) -> ConfirmObject:
    phrase = _("Move {macs}", macs=macs(conflicts))
    return ConfirmObject(
        title=_("{phrase}?", phrase=phrase),
        text=PlainTextObject(
            text=_(
                "Somebody else registered {macs} for another place, where they wait for their "
                "first boot. They would go where this says instead.",
                macs=macs(conflicts),
            )
        ),
        confirm=phrase,
        deny=_("Leave it"),
        style=DANGER,
    )
