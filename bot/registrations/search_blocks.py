"""Macs that somebody asked for: a page of them, with their menus where they are few."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.registrations import mac_menu
from bot.slack.markup import Message, paragraphs, plain, section, standing
from provisioning.registrations.models import Registration

SIZE = 20  # Macs a page
MOST_MENUS = 10  # Macs that are shown one by one, each beside its menu
OLDER, NEWER = "found_older", "found_newer"


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for: Macs that hold `text`, or those that wait for `site`, None: for any.

    `first` is the index of the first one on the page. It travels in the buttons.
    """

    text: str | None = None
    site: str | None = None
    first: int = 0

    def dumps(self) -> str:
        """Return it as a button carries it."""
        return json.dumps(asdict(self), ensure_ascii=False)


def found(macs: Sequence[Registration], total: int, title: str, question: Question) -> Message:
    """A page of the `total` Macs that answer a question, under its title."""
    if not total:
        return plain(f"{title}: none.")
    head = f"{title}: {total:,}{_which(len(macs), total, question.first)}"
    if len(macs) <= MOST_MENUS:
        blocks: list[Block] = [section(head), *(mac_menu.row(mac, standing(mac)) for mac in macs)]
    else:
        blocks = paragraphs([head, *(f"• {standing(mac)}" for mac in macs)])
    return Message(head, [*blocks, *_buttons(total, question)])


def _which(number: int, total: int, first: int) -> str:
    if first:
        return f", here {first + 1:,} to {first + number:,}"
    return f", the newest {number} of them" if number < total else ""


def _buttons(total: int, question: Question) -> list[Block]:
    buttons = [
        ButtonElement(text=text, action_id=action, value=replace(question, first=first).dumps())
        for text, action, first in (
            ("Newer", NEWER, question.first - SIZE),
            ("Older", OLDER, question.first + SIZE),
        )
        if 0 <= first < total
    ]
    return [ActionsBlock(elements=buttons)] if buttons else []
