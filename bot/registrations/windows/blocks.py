"""The windows that a card's buttons and a Mac's menu open."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from slack_sdk.models.blocks import (
    Block,
    ExternalDataMultiSelectElement,
    InputBlock,
    Option,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.slack import modals, payloads
from bot.slack.markup import Message, paragraphs, section, standing
from provisioning.maintenance.acts.verbs import Verb
from provisioning.maintenance.acts.words import STATE_WORDS
from provisioning.registrations.models import Registration
from provisioning.values.kinds import BOTH, Kinds
from provisioning.values.language import _, marked, ngettext

ACT = "act_on_macs"  # the callback of the windows of operations
WHICH = "which_macs"  # the choice of Macs of a card: a block and its action
LOOK = "look_at_mac"  # one Mac of a card, to look at
MAX_LISTED = 60  # Macs in one window


@dataclass(frozen=True, slots=True)
class WindowSelection:
    """The Macs that a window is about, and a Verb: one Mac (its serial) or those of a card.

    `shown` is the number of Macs that the window named, `home` the state of the Home from which it
    was opened, if it was.
    """

    verb: str
    serial: str | None = None
    card: int | None = None
    shown: int | None = None
    home: str | None = None

    def __post_init__(self) -> None:
        """Raise StrangeValue for an operation of another release."""
        if self.verb not in [*Verb]:
            raise payloads.StrangeValue(self.verb)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the selection that `to_json` wrote into a window's private metadata."""
        maybe = {"serial": str | None, "card": int | None, "shown": int | None, "home": str | None}
        stored = payloads.stored(text, verb=str, **maybe)
        values: dict[str, Any] = {field.name: stored.get(field.name) for field in fields(cls)}
        return cls(**values)

    def to_json(self) -> str:
        """Return the private metadata of a window; Slack keeps the names in it."""
        return json.dumps(asdict(self))


# The choices for a reminder: their words, and the hours until then.
WHEN = "when"
HOURS = {
    marked("in an hour"): 1,
    marked("in 4 hours"): 4,
    marked("tomorrow at this time"): 24,
    marked("in 3 days"): 72,
}


def asking(
    selection: WindowSelection, selected: Sequence[Registration], total: int, kinds: Kinds = BOTH
) -> View:
    """The window that asks before an operation on one Mac, or on those of a card.

    `selected` are the Macs of the operation where none is named, or the first of them; `total` is
    their number. A move asks for a name of each of these kinds.
    """
    sentence = Verb(selection.verb).consequence(total)
    blocks: list[Block] = [section(summary(selected, total)), section(sentence)]
    title = _(Verb(selection.verb).label)
    if selection.card is not None and total > 1:
        blocks.append(_macs_input())
    if selection.verb == Verb.MOVE:
        blocks += modals.destination(kinds)
    if selection.verb == Verb.REMIND:
        blocks.append(_time_input())
    return View(
        type="modal",
        callback_id=ACT,
        title=title,
        submit=title,
        close=_("Leave it"),
        private_metadata=selection.to_json(),
        blocks=blocks,
    )


def members(
    selection: WindowSelection, head: str, macs_listed: Sequence[Registration], total: int
) -> View:
    """The Macs on a card, and a choice of one to look at."""
    lines = [head, *(f"• {standing(mac)}" for mac in macs_listed[:MAX_LISTED])]
    if total > len(lines) - 1:
        lines.append(_("… and {number} more; look for one below.", number=total - len(lines) + 1))
    menu = modals.menu(LOOK, _("Part of its serial"))
    choice = SectionBlock(block_id=LOOK, text=_("Look at one:"), accessory=menu)
    return View(
        type="modal",
        title=_("The Macs on a card"),
        close=_("Close"),
        private_metadata=selection.to_json(),
        blocks=[*paragraphs(lines), choice],
    )


def history(message: Message) -> View:
    """The window with everything that happened to a Mac."""
    return View(type="modal", title=_("One Mac"), close=_("Close"), blocks=message.blocks)


def hours(view: dict[str, Any]) -> int:
    """The number of hours after which a person wants the reminder."""
    return payloads.number(payloads.chosen(payloads.answers_in(view), WHEN))


def named(view: dict[str, Any]) -> list[str]:
    """The serials that were chosen in a window; none for all."""
    answer = payloads.answers_in(view).get(WHICH, {})
    return [option["value"] for option in answer.get("selected_options") or []]


def options(macs_matching: Sequence[Registration]) -> list[Option]:
    """Macs to choose from."""
    return [
        Option(
            text=f"{mac.name}, {_(STATE_WORDS.get(mac.state, mac.state))}"[:75], value=mac.serial
        )
        for mac in macs_matching
    ]


def summary(selected: Sequence[Registration], total: int) -> str:
    """The Macs that an operation would be done to, in words."""
    if total == 1:
        return standing(selected[0])
    return ngettext(
        "All {number} Mac of this card that this applies to, unless you choose some.",
        "All {number} Macs of this card that this applies to, unless you choose some.",
        total,
    )


def _macs_input() -> InputBlock:
    element = ExternalDataMultiSelectElement(
        action_id=WHICH, placeholder=_("Part of a serial"), min_query_length=0
    )
    return InputBlock(block_id=WHICH, label=_("Which Macs?"), element=element, optional=True)


def _time_input() -> InputBlock:
    choices = [Option(text=_(label), value=str(number)) for label, number in HOURS.items()]
    element = StaticSelectElement(
        action_id=WHEN, placeholder=_("When?"), options=choices, initial_option=choices[0]
    )
    return InputBlock(block_id=WHEN, label=_("When?"), element=element)
