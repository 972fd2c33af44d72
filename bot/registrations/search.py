"""Looking: finding Macs, what waits, the whole history of one, who did what."""

import json
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

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
from bot.registrations import blocks, history, search_blocks
from bot.registrations.search_blocks import Question
from bot.slack import replies
from bot.slack.markup import Message, escape
from provisioning.registrations import history as past
from provisioning.registrations import queries
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial

MOST_ACTS = 30  # in the log
LONGEST = 255  # characters that are looked for; nothing that can be found is longer


def attach(app: App, dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
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
            return history.log(past.acts(session, most=MOST_ACTS))

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
    for action_id in (search_blocks.OLDER, search_blocks.NEWER):
        app.action(action_id)(ack=turned, lazy=[replies.later])


def _found(dependencies: BotDependencies, question: Question) -> Message:
    macs, total = _look(dependencies, question)
    if not macs and question.first:  # there are fewer by now
        return _found(dependencies, Question(question.text, question.site))
    return search_blocks.found(macs, total, _title(question), question)


def _look(dependencies: BotDependencies, question: Question) -> tuple[list[Registration], int]:
    page = {"most": search_blocks.SIZE, "first": question.first}
    with dependencies.database.reading() as session:
        if question.text is not None:
            return queries.find(session, question.text, **page)
        return queries.waiting(session, question.site, **page)


def _title(question: Question) -> str:
    if question.text is not None:
        return f"Registrations with “{escape(question.text[:60])}”"
    return f"Macs waiting for *{escape(question.site)}*" if question.site else "Macs waiting"
