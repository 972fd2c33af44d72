"""Looking: finding Macs, what waits, the whole history of one, who did what."""

import json
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot import replies
from bot.blocks import answers, finds, histories
from bot.blocks.finds import Question
from bot.blocks.texts import Message, escape
from bot.dependencies import Asker, Dependencies
from bot.dispatch import Dispatcher
from bot.wanted import Find, Form, Help, Log, Show, Waiting
from provisioning import histories as past
from provisioning import lookups
from provisioning.models.registrations import Registration
from provisioning.serials import Serial

MOST_ACTS = 30  # in the log
LONGEST = 255  # characters that are looked for; nothing that can be found is longer


def attach(app: App, dispatcher: Dispatcher, dependencies: Dependencies) -> None:
    """Answer the commands that change nothing, and turn the pages of what was found."""

    def find(wanted: Find, _: Asker) -> Message:
        return _found(dependencies, Question(text=wanted.text[:LONGEST]))

    def waiting(wanted: Waiting, _: Asker) -> Message:
        return _found(
            dependencies,
            Question(site=dependencies.repo.site(wanted.site) if wanted.site else None),
        )

    def turned(ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        """Show the page that the button names, in place of the one that it is on."""
        question = Question(**json.loads(action["value"]))
        replies.leave(context, _found(dependencies, question), instead=True)
        ack()

    def show(wanted: Show, _: Asker) -> Message:
        with dependencies.database.reading() as session:
            return histories.mac(past.of_mac(session, Serial.parse(wanted.serial)))

    def log(_: Log, asker: Asker) -> Message:
        dependencies.permit_admin(asker, "see who did what")
        with dependencies.database.reading() as session:
            return histories.log(past.acts(session, most=MOST_ACTS))

    def guide(_: Help | Form, __: Asker) -> Message:
        return answers.guide(
            dependencies.command, dependencies.repo.sites(), dependencies.repo.builds()
        )

    dispatcher.handle(Find, find)
    dispatcher.handle(Waiting, waiting)
    dispatcher.handle(Show, show)
    dispatcher.handle(Log, log)
    dispatcher.handle(Help, guide)
    dispatcher.handle(Form, guide)
    for action_id in (finds.OLDER, finds.NEWER):
        app.action(action_id)(ack=turned, lazy=[replies.later])


def _found(dependencies: Dependencies, question: Question) -> Message:
    macs, total = _look(dependencies, question)
    if not macs and question.first:  # there are fewer by now
        return _found(dependencies, Question(question.text, question.site))
    return finds.found(macs, total, _title(question), question)


def _look(dependencies: Dependencies, question: Question) -> tuple[list[Registration], int]:
    page = {"most": finds.SIZE, "first": question.first}
    with dependencies.database.reading() as session:
        if question.text is not None:
            return lookups.find(session, question.text, **page)
        return lookups.waiting(session, question.site, **page)


def _title(question: Question) -> str:
    if question.text is not None:
        return f"Registrations with “{escape(question.text[:60])}”"
    return f"Macs waiting for *{escape(question.site)}*" if question.site else "Macs waiting"
