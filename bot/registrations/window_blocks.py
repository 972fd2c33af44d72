"""The windows that a card's buttons and a Mac's menu open."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from slack_sdk.models.blocks import (
    Block,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.slack import modals
from bot.slack.markup import Message, macs, paragraphs, section, standing
from provisioning.registrations.models import Registration

ACT = "act_on_macs"  # the callback of the windows that do something
WHICH = "which_macs"  # which Macs of a card: a block and its action
LOOK = "look_at_mac"  # one Mac of a card, to look at
MOST_LISTED = 60  # Macs in one window


@dataclass(frozen=True, slots=True)
class Selection:
    """The Macs that a window is about, and a `verb`: one Mac (its serial) or those of a card.

    `shown` is how many Macs of the card the window said that it would be done to, `home` the look
    of the Home that it was opened from, where it was.
    """

    verb: str
    serial: str | None = None
    card: int | None = None
    shown: int | None = None
    home: str | None = None

    @classmethod
    def of(cls, view: dict[str, Any]) -> Self:
        """The subject of a window that Slack sends back."""
        return cls(**json.loads(view["private_metadata"]))

    def __str__(self) -> str:
        return json.dumps(asdict(self))


_TITLES = {"move": "Move", "reimage": "Image again", "cancel": "Cancel", "remind": "Remind me"}
# When a reminder can come: what is chosen, and after how many hours that is.
WHEN = "when"
HOURS = {"in an hour": 1, "in 4 hours": 4, "tomorrow at this time": 24, "in 3 days": 72}
_SENTENCES = {
    "move": "They wait again, whatever became of them before. Manifests are written at their next "
    "first boot.",
    "reimage": "They wait for another first boot. A Mac that was confirmed lately may be in use.",
    "cancel": "Their registrations are forgotten. Manifests that were written stay.",
    "remind": "You get a message about those that are not done by then, and none if all are.",
}


def asking(subject: Selection, chosen: Sequence[Registration], total: int) -> View:
    """The window that asks, before something is done to one Mac or to those of a card.

    `chosen` are the Macs that it would be done to where none is named, or the first of them;
    `total` is how many.
    """
    blocks: list[Block] = [section(_summary(chosen, total)), section(_SENTENCES[subject.verb])]
    if subject.card is not None and total > 1:
        blocks.append(_which(total))
    if subject.verb == "move":
        blocks += modals.destination()
    if subject.verb == "remind":
        blocks.append(_when())
    return View(
        type="modal",
        callback_id=ACT,
        title=_TITLES[subject.verb],
        submit=_TITLES[subject.verb],
        close="Leave it",
        private_metadata=str(subject),
        blocks=blocks,
    )


def members(subject: Selection, head: str, shown: Sequence[Registration], total: int) -> View:
    """The Macs of a card, and a choice of one to look at."""
    lines = [head, *(f"• {standing(mac)}" for mac in shown[:MOST_LISTED])]
    if total > len(lines) - 1:
        lines.append(f"… and {total - len(lines) + 1} more; look for one below.")
    look = ExternalDataSelectElement(
        action_id=LOOK, placeholder="A part of its serial", min_query_length=0
    )
    choice = SectionBlock(block_id=LOOK, text="Look at one:", accessory=look)
    return View(
        type="modal",
        title="The Macs of a card",
        close="Close",
        private_metadata=str(subject),
        blocks=[*paragraphs(lines), choice],
    )


def history(message: Message) -> View:
    """Everything that happened to a Mac."""
    return View(type="modal", title="One Mac", close="Close", blocks=message.blocks)


def hours(view: dict[str, Any]) -> int:
    """After how many hours the reminder that a window asks for is wanted."""
    return int(view["state"]["values"][WHEN][WHEN]["selected_option"]["value"])


def named(view: dict[str, Any]) -> list[str]:
    """The serials that were named in a window; none where that was left to us."""
    answer = view["state"]["values"].get(WHICH, {}).get(WHICH, {})
    return [option["value"] for option in answer.get("selected_options") or []]


def options(found: Sequence[Registration]) -> list[Option]:
    """Macs to choose from."""
    return [Option(text=f"{mac.name}, {mac.state}"[:75], value=mac.serial) for mac in found]


def _summary(chosen: Sequence[Registration], total: int) -> str:
    if total == 1:
        return standing(chosen[0])
    return f"All {macs(total)} of this card for which that makes sense, unless you name some."


def _which(total: int) -> InputBlock:
    element = ExternalDataMultiSelectElement(
        action_id=WHICH, placeholder="A part of a serial", min_query_length=0
    )
    label = f"Which? None named: all {total}"
    return InputBlock(block_id=WHICH, label=label, element=element, optional=True)


def _when() -> InputBlock:
    choices = [Option(text=label, value=str(number)) for label, number in HOURS.items()]
    element = StaticSelectElement(
        action_id=WHEN, placeholder="When?", options=choices, initial_option=choices[0]
    )
    return InputBlock(block_id=WHEN, label="When?", element=element)
