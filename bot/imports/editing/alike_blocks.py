"""Blocks of the choices for many rows that are alike, which take effect when they are pressed."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.slack import modals
from bot.slack.markup import section
from provisioning.imports.edits.listing import EditableRow, Listing, SharedDoubt, WrittenName
from provisioning.imports.edits.reasons import reworded
from provisioning.values import kinds
from provisioning.values.language import ngettext
from provisioning.values.slack import escape

TAKE_OFF = "rows_take_off"
ALIKE_SITE, ALIKE_BUILD = "alike_site-", "alike_build-"
ALIKE_TAKE, ALIKE_OUT = "alike_take-", "alike_out-"
MAX_UNKNOWN = MAX_DOUBTS = 5  # unknown names, and doubts that rows share
LONGEST_TEXT, LONGEST_REASON = 64, 300  # characters of a person's text, before escaping


def alike(listing: Listing, names: kinds.Kinds) -> list[Block]:
    """The choices for many rows at once."""
    blocks: list[Block] = []
    if scanned := listing.scanned:
        blocks += _scanned(scanned)
    for doubt in listing.doubts[:MAX_DOUBTS]:
        blocks += _shared(doubt)
    for name in listing.unknown[:MAX_UNKNOWN]:
        if name.kind in names.names:
            blocks += _unknown(name)
    if (more := len(listing.unknown) - MAX_UNKNOWN) > 0:
        blocks.append(
            section(
                ngettext(
                    "{number} more name does not exist either; it is offered after these.",
                    "{number} more names do not exist either; they are offered after these.",
                    more,
                )
            )
        )
    return blocks


def _scanned(rows: Sequence[EditableRow]) -> list[Block]:
    example = rows[0]
    text = ngettext("Take the S off it", "Take the S off all {number}", len(rows))
    return [
        section(
            ngettext(
                "Scanners read an S before the serial on a label: `{was}` would be `{bare}`. "
                "That fits {number} row.",
                "Scanners read an S before the serial on a label: `{was}` would be `{bare}`. "
                "That fits {number} rows.",
                len(rows),
                was=escape(example.values.serial),
                bare=escape(example.bare or ""),
            )
        ),
        ActionsBlock(block_id="scanned", elements=[ButtonElement(text=text, action_id=TAKE_OFF)]),
    ]


def _shared(doubt: SharedDoubt) -> list[Block]:
    number = len(doubt.numbers)
    take = ngettext("Take it", "Take all {number}", number)
    buttons = [
        ButtonElement(text=text, action_id=action + doubt.digest)
        for text, action in ((take, ALIKE_TAKE), (_leave_out(number), ALIKE_OUT))
    ]
    return [
        section(
            ngettext(
                "*{number} row for one reason*: each {reason}.",
                "*{number} rows for one reason*: each {reason}.",
                number,
                reason=escape(reworded(doubt.why)[:LONGEST_REASON]),
            )
        ),
        ActionsBlock(block_id=f"alike-{doubt.digest}", elements=buttons),
    ]


def _unknown(name: WrittenName) -> list[Block]:
    number = len(name.numbers)
    action = ALIKE_SITE if name.kind == kinds.SITE else ALIKE_BUILD
    menu = modals.menu(action + name.digest, _choose_for_all(name.kind, number))
    button = ButtonElement(text=_leave_out(number), action_id=ALIKE_OUT + name.digest)
    return [
        section(_no_such_name(name)),
        ActionsBlock(block_id=f"alike-{name.digest}", elements=[menu, button]),
    ]


def _leave_out(number: int) -> str:
    return ngettext("Leave this out", "Leave out all {number}", number)


def _choose_for_all(kind: str, number: int) -> str:
    if kind == kinds.SITE:
        return ngettext("Choose a site for it", "Choose a site for all {number}", number)
    return ngettext("Choose a build for it", "Choose a build for all {number}", number)


def _no_such_name(name: WrittenName) -> str:
    number, text = len(name.numbers), escape(name.text[:LONGEST_TEXT])
    if name.kind == kinds.SITE:
        return ngettext(
            "There is no site *{name}*, which {number} row named.",
            "There is no site *{name}*, which {number} rows named.",
            number,
            name=text,
        )
    return ngettext(
        "There is no build *{name}*, which {number} row named.",
        "There is no build *{name}*, which {number} rows named.",
        number,
        name=text,
    )
