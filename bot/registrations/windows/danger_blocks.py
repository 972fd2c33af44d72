"""The windows of destructive operations: their buttons are red and ask again.

A window's own button is always green in Slack, so these windows have buttons of their own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ExternalDataMultiSelectElement,
    InputBlock,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.registrations.windows.blocks import ACT, WHICH, WindowSelection, summary
from bot.slack import buttons
from bot.slack.markup import section
from provisioning.maintenance.acts.verbs import MAX_BY_BUTTON, Verb
from provisioning.registrations.models import Registration
from provisioning.values.language import _, capitalized, macs, marked, ngettext

VERBS = frozenset({Verb.CANCEL, Verb.REIMAGE})
CHOSEN, ALL, NONE = "danger_chosen", "danger_all", "danger_none"  # the buttons
TYPED = "danger_typed"  # the callback of the window that wants a number
NUMBER = "number"  # its input
_PHRASES = {Verb.CANCEL: marked("Cancel {macs}"), Verb.REIMAGE: marked("Image {macs} again")}


def asking(selection: WindowSelection, selected: Sequence[Registration], total: int) -> View:
    """The window of an operation of VERBS; see `window_blocks.asking`."""
    sentence = Verb(selection.verb).consequence(total)
    blocks: list[Block] = [section(summary(selected, total)), section(sentence)]
    phrase = _("this Mac")
    if selection.card is not None and total > 1:
        phrase = _all(total)
        menu = ExternalDataMultiSelectElement(
            action_id=WHICH,
            placeholder=_("Part of a serial"),
            min_query_length=0,
            max_selected_items=MAX_BY_BUTTON,
        )
        blocks.append(SectionBlock(block_id=WHICH, text=_("Or only some of them:"), accessory=menu))
    return _window(selection, [*blocks, *_buttons(selection, ALL, phrase, total)])


def chosen(view: Mapping[str, Any], number: int) -> View:
    """The window `asking`, once `number` Macs are chosen in its menu; 0 stands for all."""
    selection = WindowSelection.from_json(view["private_metadata"])
    total = selection.shown or 0
    blocks = Block.parse_all(view["blocks"][:-1])
    if number:
        row = _buttons(selection, CHOSEN, macs(number), number)
    else:
        row = _buttons(selection, ALL, _all(total), total)
    return _window(selection, [*blocks, *row])


def typing(selection: WindowSelection) -> View:
    """The window in which the number of Macs is typed, because they are many."""
    number = selection.shown or 0
    phrase = _phrase(selection, macs(number))
    return View(
        type="modal",
        callback_id=TYPED,
        title=_(Verb(selection.verb).label),
        submit=_(Verb(selection.verb).label),
        close=_("Leave it"),
        private_metadata=selection.to_json(),
        blocks=[
            section(f"{_('{phrase}?', phrase=phrase)} {Verb(selection.verb).consequence(number)}"),
            InputBlock(
                block_id=NUMBER,
                label=_("Type {number} to do it to all of them", number=number),
                element=PlainTextInputElement(action_id=NUMBER, max_length=10),
            ),
        ],
    )


def _window(selection: WindowSelection, blocks: Sequence[Block]) -> View:
    return View(
        type="modal",
        callback_id=ACT,
        title=_(Verb(selection.verb).label),
        close=_("Close"),
        private_metadata=selection.to_json(),
        blocks=blocks,
    )


def _buttons(selection: WindowSelection, action_id: str, counted: str, number: int) -> list[Block]:
    """The red button for a number of Macs, which asks again unless a window does, and the other.

    Its value is the number that is chosen; 0 stands for all.
    """
    phrase = _phrase(selection, counted)
    button = buttons.danger(
        phrase,
        action_id,
        str(number if action_id == CHOSEN else 0),
        title=_("{phrase}?", phrase=phrase),
        consequence=Verb(selection.verb).consequence(number),
        confirm=phrase,
    )
    if number > MAX_BY_BUTTON:
        button.confirm = None
    return buttons.rows([button, ButtonElement(text=_("Leave it"), action_id=NONE)])


def _phrase(selection: WindowSelection, counted: str) -> str:
    return capitalized(_(_PHRASES[Verb(selection.verb)], macs=counted))


def _all(total: int) -> str:
    return ngettext("all {number} Mac", "all {number} Macs", total)
