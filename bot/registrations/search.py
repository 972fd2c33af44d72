"""Search: finding Macs, those that wait, the history of one, and the log of operations."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext
from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.commands.dispatch import Dispatcher
from bot.commands.models import (
    FindCommand,
    FormCommand,
    HelpCommand,
    ListCommand,
    LogCommand,
    ShowCommand,
)
from bot.dependencies import BotDependencies, Requester
from bot.registrations import blocks, history, mac_menu
from bot.slack import replies
from bot.slack.markup import Message, escape, paragraphs, plain, section, standing
from provisioning.registrations import history as past
from provisioning.registrations import queries
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial

MOST_ACTS = 30  # in the log
LONGEST = 255  # characters that are looked for; nothing that can be found is longer
SIZE = 20  # Macs a page
MOST_MENUS = 10  # Macs that are shown one by one, each beside its menu
OLDER, NEWER = "found_older", "found_newer"


@dataclass(frozen=True, slots=True)
class Question:
    """A search: for Macs that hold `text`, or for those that wait for `site`, None: for any.

    `first` is the index of the first one on the page. It travels in the buttons.
    """

    text: str | None = None
    site: str | None = None
    first: int = 0

    def dumps(self) -> str:
        """Return it as a button carries it."""
        return json.dumps(asdict(self), ensure_ascii=False)


def register_listeners(app: App, dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the commands that change nothing, and turn the pages of what was found."""

    def find(wanted: FindCommand, _: Requester) -> Message:
        return _found(dependencies, Question(text=wanted.text[:LONGEST]))

    def waiting(wanted: ListCommand, _: Requester) -> Message:
        return _found(
            dependencies,
            Question(site=dependencies.repo.site(wanted.site) if wanted.site else None),
        )

    def turned(ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        """Show the page that the button names, in place of the one that it is on."""
        question = Question(**json.loads(action["value"]))
        replies.leave(context, _found(dependencies, question), instead=True)
        ack()

    def show(wanted: ShowCommand, _: Requester) -> Message:
        with dependencies.database.reading() as session:
            return history.mac(past.of_mac(session, Serial.parse(wanted.serial)))

    def log(_: LogCommand, asker: Requester) -> Message:
        dependencies.permit_admin(asker, "see who did what")
        with dependencies.database.reading() as session:
            return history.log(past.newest_operations(session, limit=MOST_ACTS))

    def guide(_: HelpCommand | FormCommand, __: Requester) -> Message:
        return blocks.guide(
            dependencies.command, dependencies.repo.sites(), dependencies.repo.builds()
        )

    dispatcher.handle(FindCommand, find)
    dispatcher.handle(ListCommand, waiting)
    dispatcher.handle(ShowCommand, show)
    dispatcher.handle(LogCommand, log)
    dispatcher.handle(HelpCommand, guide)
    dispatcher.handle(FormCommand, guide)
    for action_id in (OLDER, NEWER):
        app.action(action_id)(ack=turned, lazy=[replies.later])


def _found(dependencies: BotDependencies, question: Question) -> Message:
    macs, total = _look(dependencies, question)
    if not macs and question.first:  # there are fewer by now
        return _found(dependencies, Question(question.text, question.site))
    return found(macs, total, _title(question), question)


def _look(dependencies: BotDependencies, question: Question) -> tuple[list[Registration], int]:
    page = {"limit": SIZE, "offset": question.first}
    with dependencies.database.reading() as session:
        if question.text is not None:
            return queries.find(session, question.text, **page)
        return queries.waiting(session, question.site, **page)


def _title(question: Question) -> str:
    if question.text is not None:
        return f"Registrations with “{escape(question.text[:60])}”"
    return f"Macs waiting for *{escape(question.site)}*" if question.site else "Macs waiting"


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
