"""The window with the rows of a dry run: a page of them, and choices for many rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    InputBlock,
    InteractiveElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.imports.editing import alike_blocks
from bot.imports.editing.window_state import BUILD, DECISION, SERIAL, SITE, UNDECIDED, WindowState
from bot.slack import modals
from bot.slack.markup import moment, person, section
from provisioning.imports.dry_run import CONFLICT, OPEN
from provisioning.imports.edits import words
from provisioning.imports.edits.listing import PAGE, EditableRow, Listing, Values
from provisioning.imports.edits.reasons import placed, reworded
from provisioning.values import kinds
from provisioning.values.language import _, aside, ngettext, stated
from provisioning.values.serials import LONGEST
from provisioning.values.slack import escape

SAVE = "edit_dry_run"  # the callback
TURN, UNDO = "rows_page", "rows_undo"
SITES, BUILDS = re.compile("^(row|alike)_site-"), re.compile("^(row|alike)_build-")
# Slack takes 100 blocks in a window. A row has 3 of them, and what is alike 2 for each group.
LONGEST_OPTION = 75  # characters of an option, and of a button, by Slack's reference
LONGEST_TEXT, LONGEST_REASON = 64, 300  # characters of a person's text, before escaping


@dataclass(frozen=True, slots=True)
class WindowNotice:
    """News for the person at the window: a text of ours, and the rows that it is about."""

    text: str
    rows: frozenset[int] = frozenset()


def window(
    state: WindowState,
    listing: Listing,
    names: kinds.Kinds,
    *,
    last_edit: int | None,
    notice: WindowNotice | None = None,
    drafts: Mapping[int, Values] | None = None,
) -> View:
    """Return the window on a page of rows; `drafts` are values that are not saved yet.

    `last_edit` is the number of the edit that can be undone.
    """
    rows, page = listing.page(state.page)
    state = state.showing(rows, page)
    blocks: list[Block] = [section(_head(listing))]
    if notice is not None:
        blocks.append(modals.alert(notice.text, modals.WARNING, sign=":warning:"))
    blocks += alike_blocks.alike(listing, names)
    for row in rows:
        is_noticed = notice is not None and row.number in notice.rows
        values = (drafts or {}).get(row.number, row.values)
        blocks += _row(row, values, names, is_noticed=is_noticed)
    if buttons := _buttons(listing, page, last_edit):
        blocks.append(ActionsBlock(block_id="rows", elements=buttons))
    return View(
        type="modal",
        callback_id=SAVE,
        title=_("Edit the rows"),
        submit=_("Save") if rows else None,
        close=_("Close"),
        private_metadata=state.to_json(),
        blocks=blocks,
    )


def serial_block(number: int, version: int) -> str:
    """Return the id of the input of a row's serial, beside which an error can stand."""
    return f"serial-{number}-{version}"


def _head(listing: Listing) -> str:
    waiting = len(listing.of_kind(*OPEN))
    if not waiting:
        return _(
            "Nothing waits for a choice any more. Register the rest where the dry run is shown."
        )
    return ngettext(
        "*{number} Mac waits for a choice.* Nothing is registered here; what you save stays in "
        "the dry run.",
        "*{number} Macs wait for a choice.* Nothing is registered here; what you save stays in "
        "the dry run.",
        waiting,
    )


def _row(row: EditableRow, values: Values, names: kinds.Kinds, *, is_noticed: bool) -> list[Block]:
    suffix = f"{row.number}-{row.version}"
    serial = PlainTextInputElement(
        action_id=f"{SERIAL}{row.number}",
        max_length=LONGEST,
        initial_value=values.serial[:LONGEST] or None,
    )
    return [
        section(_text(row, is_noticed=is_noticed)),
        InputBlock(
            block_id=serial_block(row.number, row.version),
            label=_("Serial number"),
            element=serial,
            optional=not row.values.serial,
        ),
        ActionsBlock(block_id=f"row-{suffix}", elements=_menus(row, values, names)),
    ]


def _text(row: EditableRow, *, is_noticed: bool) -> str:
    name = escape(row.values.serial[:LONGEST_TEXT]) or _("(nothing)")
    text = f"{':warning: ' if is_noticed else ''}`{name}`"
    if row.read.where:
        text = aside(text, escape(placed(row.read.where)[:LONGEST_TEXT]))
    text = stated(text, f"*{_(words.of_kind(row.kind))}*")
    if row.row is not None and row.kind == CONFLICT and (now := row.row.standing):
        place = " / ".join(filter(None, (now.site, now.build)))
        text += _(
            ", registered for {place} by {person}",
            place=escape(place[:LONGEST_TEXT]),
            person=person(now.by),
        )
    if row.why:
        text += _(", ") + escape(reworded(row.why)[:LONGEST_REASON])
    if row.by is not None and row.at is not None:
        changed = _("Changed by {person} {moment}", person=person(row.by), moment=moment(row.at))
        text += f"\n{changed}"
    return text


def _menus(row: EditableRow, values: Values, names: kinds.Kinds) -> list[InteractiveElement]:
    menus: list[InteractiveElement] = []
    for kind, action, chosen in (
        (kinds.SITE, SITE, values.site),
        (kinds.BUILD, BUILD, values.build),
    ):
        if kind in names.names:
            option = Option(text=chosen[:LONGEST_OPTION], value=chosen) if chosen else None
            menus.append(modals.menu(f"{action}{row.number}", _(modals.CHOOSE[kind]), option))
    options = [
        Option(text=_(text), value=value or UNDECIDED)
        for value, text in words.decisions(row).items()
    ]
    chosen_option = next(
        (option for option in options if option.value == values.decision), options[0]
    )
    menus.append(
        StaticSelectElement(
            action_id=f"{DECISION}{row.number}", options=options, initial_option=chosen_option
        )
    )
    return menus


def _buttons(listing: Listing, page: int, last_edit: int | None) -> Sequence[ButtonElement]:
    total = len(listing.editable())
    buttons = []
    for number in (page - 1, page + 1):
        first, last = number * PAGE + 1, min((number + 1) * PAGE, total)
        if 0 < first <= total:
            text = _(
                "Save, then rows {first}–{last} of {total}", first=first, last=last, total=total
            )
            buttons.append(
                ButtonElement(text=text, action_id=f"{TURN}-{number}", value=str(number))
            )
    if last_edit is not None:
        text = _("Undo the last change")
        buttons.append(ButtonElement(text=text, action_id=UNDO, value=str(last_edit)))
    return buttons
