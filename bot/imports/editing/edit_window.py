"""The window with the rows of a dry run: a page of them, and what is alike in many."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ExternalDataSelectElement,
    InputBlock,
    InteractiveElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.imports.editing.window_state import (
    BUILD,
    DECISION,
    SERIAL,
    SITE,
    UNDECIDED,
    WindowState,
)
from bot.slack import modals
from bot.slack.markup import escape, macs, moment, person, section
from provisioning.imports.dry_run import CONFLICT, DOUBTFUL, INVALID, NOWHERE, UNCHANGED
from provisioning.imports.edits.choices import OUT, TAKE
from provisioning.imports.edits.listing import (
    PAGE,
    EditableRow,
    Listing,
    SharedDoubt,
    Values,
    WrittenName,
)
from provisioning.imports.summary import LEFT_OUT
from provisioning.values import kinds
from provisioning.values.serials import LONGEST

SAVE = "edit_dry_run"  # the callback
TURN, UNDO, TAKE_OFF = "rows_page", "rows_undo", "rows_take_off"
ALIKE_SITE, ALIKE_BUILD = "alike_site-", "alike_build-"
ALIKE_TAKE, ALIKE_OUT = "alike_take-", "alike_out-"
SITES, BUILDS = re.compile("^(row|alike)_site-"), re.compile("^(row|alike)_build-")
# Slack takes 100 blocks in a window. A row has 3 of them, and what is alike 2 for each group.
MOST_UNKNOWN = MOST_DOUBTS = 5  # unknown names, and doubts that rows share
LONGEST_OPTION = 75  # characters of an option, and of a button, by Slack's reference
LONGEST_TEXT, LONGEST_REASON = 64, 300  # characters of a person's text, before escaping
_WORDS = {
    DOUBTFUL: "doubtful",
    CONFLICT: "waiting elsewhere",
    NOWHERE: "going nowhere yet",
    INVALID: "cannot be read",
    LEFT_OUT: "left out",
    UNCHANGED: "registered like this already",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """News for the person at the window: a text of ours, and the rows that it is about."""

    text: str
    rows: frozenset[int] = frozenset()


def window(
    state: WindowState,
    listing: Listing,
    names: kinds.Kinds,
    *,
    last_edit: int | None,
    notice: Notice | None = None,
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
    blocks += _alike(listing, names)
    for row in rows:
        is_noticed = notice is not None and row.number in notice.rows
        values = (drafts or {}).get(row.number, row.values)
        blocks += _row(row, values, names, is_noticed=is_noticed)
    if buttons := _buttons(listing, page, last_edit):
        blocks.append(ActionsBlock(block_id="rows", elements=buttons))
    return View(
        type="modal",
        callback_id=SAVE,
        title="Edit the rows",
        submit="Save" if rows else None,
        close="Close",
        private_metadata=state.to_json(),
        blocks=blocks,
    )


def serial_block(number: int, version: int) -> str:
    """Return the id of the input of a row's serial, beside which an error can stand."""
    return f"serial-{number}-{version}"


def _head(listing: Listing) -> str:
    waiting = sum(row.is_open for row in listing.rows.values())
    if not waiting:
        return "Nothing waits for a choice any more. Register the rest where the dry run is shown."
    verb = "waits" if waiting == 1 else "wait"
    return (
        f"*{macs(waiting)} {verb} for a choice.* Nothing is registered here; what is saved is kept "
        "until the dry run is registered or dropped."
    )


def _alike(listing: Listing, names: kinds.Kinds) -> list[Block]:
    """The choices for many rows at once; each is made as soon as it is pressed."""
    blocks: list[Block] = []
    if scanned := listing.scanned:
        example = scanned[0]
        was, bare = escape(example.values.serial), escape(example.bare or "")
        blocks.append(
            section(
                f"Scanners read an S before the serial on a label: `{was}` would be `{bare}`. "
                f"That fits {_rows(len(scanned))}."
            )
        )
        button = ButtonElement(text=f"Take the S off {_all(len(scanned))}", action_id=TAKE_OFF)
        blocks.append(ActionsBlock(block_id="scanned", elements=[button]))
    for doubt in listing.doubts[:MOST_DOUBTS]:
        blocks += _shared(doubt)
    for name in listing.unknown[:MOST_UNKNOWN]:
        if name.kind in names.names:
            blocks += _unknown(name)
    if (more := len(listing.unknown) - MOST_UNKNOWN) > 0:
        blocks.append(section(f"{more} more names are none either; they are offered after these."))
    return blocks


def _shared(doubt: SharedDoubt) -> list[Block]:
    number = len(doubt.numbers)
    buttons = [
        ButtonElement(text=f"{word} {_all(number)}", action_id=action + doubt.digest)
        for word, action in (("Take", ALIKE_TAKE), ("Leave out", ALIKE_OUT))
    ]
    return [
        section(f"*{_rows(number)} for one reason*: each {escape(doubt.why[:LONGEST_REASON])}."),
        ActionsBlock(block_id=f"alike-{doubt.digest}", elements=buttons),
    ]


def _unknown(name: WrittenName) -> list[Block]:
    number = len(name.numbers)
    menu = ExternalDataSelectElement(
        action_id=(ALIKE_SITE if name.kind == kinds.SITE else ALIKE_BUILD) + name.digest,
        placeholder=f"Choose a {name.kind} for {_all(number)}",
        min_query_length=0,
    )
    button = ButtonElement(text=f"Leave out {_all(number)}", action_id=ALIKE_OUT + name.digest)
    text = escape(name.text[:LONGEST_TEXT])
    return [
        section(f"There is no {name.kind} *{text}*, which {_rows(number)} named."),
        ActionsBlock(block_id=f"alike-{name.digest}", elements=[menu, button]),
    ]


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _all(number: int) -> str:
    return "it" if number == 1 else f"all {number}"


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
            label="Serial number",
            element=serial,
            optional=not row.values.serial,
        ),
        ActionsBlock(block_id=f"row-{suffix}", elements=_menus(row, values, names)),
    ]


def _text(row: EditableRow, *, is_noticed: bool) -> str:
    name = escape(row.values.serial[:LONGEST_TEXT]) or "(nothing)"
    text = f"{':warning: ' if is_noticed else ''}`{name}`"
    if row.read.where:
        text += f" ({escape(row.read.where[:LONGEST_TEXT])})"
    text += f": *{_WORDS.get(row.kind, 'ready')}*"
    if row.row is not None and row.kind == CONFLICT and (now := row.row.standing):
        place = " / ".join(filter(None, (now.site, now.build)))
        text += f", registered for {escape(place[:LONGEST_TEXT])} by {person(now.by)}"
    if row.why:
        text += f", {escape(row.why[:LONGEST_REASON])}"
    if row.by is not None and row.at is not None:
        text += f"\nChanged by {person(row.by)} {moment(row.at)}"
    return text


def _menus(row: EditableRow, values: Values, names: kinds.Kinds) -> list[InteractiveElement]:
    menus: list[InteractiveElement] = []
    for kind, action, chosen in (
        (kinds.SITE, SITE, values.site),
        (kinds.BUILD, BUILD, values.build),
    ):
        if kind in names.names:
            option = Option(text=chosen[:LONGEST_OPTION], value=chosen) if chosen else None
            menus.append(
                ExternalDataSelectElement(
                    action_id=f"{action}{row.number}",
                    placeholder=f"Choose a {kind}",
                    initial_option=option,
                    min_query_length=0,
                )
            )
    options = [Option(text=text, value=value) for value, text in _decisions(row).items()]
    chosen_option = next(
        (option for option in options if option.value == values.decision), options[0]
    )
    menus.append(
        StaticSelectElement(
            action_id=f"{DECISION}{row.number}", options=options, initial_option=chosen_option
        )
    )
    return menus


def _decisions(row: EditableRow) -> dict[str, str]:
    undecided = "Not decided" if row.is_open else "As it is"
    decisions = {UNDECIDED: "Back into the list" if row.kind == LEFT_OUT else undecided}
    if row.kind == CONFLICT:
        decisions[TAKE] = "Move it here"
    elif row.kind == DOUBTFUL or row.values.decision == TAKE:
        decisions[TAKE] = "Take it: it is right"
    return {**decisions, OUT: "Leave it out"}


def _buttons(listing: Listing, page: int, last_edit: int | None) -> Sequence[ButtonElement]:
    total = len(listing.editable())
    buttons = []
    for number in (page - 1, page + 1):
        first, last = number * PAGE + 1, min((number + 1) * PAGE, total)
        if 0 < first <= total:
            text = f"Save, then rows {first}–{last} of {total}"
            buttons.append(
                ButtonElement(text=text, action_id=f"{TURN}-{number}", value=str(number))
            )
    if last_edit is not None:
        text = "Undo the last change"
        buttons.append(ButtonElement(text=text, action_id=UNDO, value=str(last_edit)))
    return buttons
