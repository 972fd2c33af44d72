"""Looking: finding Macs, what waits, the whole history of one, who did what."""

from slack_bolt import App

from bot.blocks import answers, histories
from bot.blocks.texts import Message, escape
from bot.desk import Asker, Desk
from bot.verbs import Find, Form, Help, Log, Show, Waiting
from provisioning import histories as past
from provisioning import lookups
from provisioning.serials import Serial

MOST_FOUND = 20  # registrations in one answer
MOST_ACTS = 30  # in the log


def attach(app: App, desk: Desk) -> None:
    """Answer the commands that change nothing."""
    del app

    def find(wanted: Find, _: Asker) -> Message:
        with desk.database.reading() as session:
            found, total = lookups.find(session, wanted.text, most=MOST_FOUND)
        return answers.found(found, total, f"Registrations with “{escape(wanted.text[:60])}”")

    def waiting(wanted: Waiting, _: Asker) -> Message:
        at = desk.repo.site(wanted.site) if wanted.site else None
        title = f"Macs waiting for *{escape(at)}*" if at else "Macs waiting"
        with desk.database.reading() as session:
            found, total = lookups.waiting(session, at, most=MOST_FOUND)
        return answers.found(found, total, title)

    def show(wanted: Show, _: Asker) -> Message:
        with desk.database.reading() as session:
            return histories.mac(past.of_mac(session, Serial.parse(wanted.serial)))

    def log(_: Log, asker: Asker) -> Message:
        desk.permit_admin(asker, "see who did what")
        with desk.database.reading() as session:
            return histories.log(past.acts(session, most=MOST_ACTS))

    def guide(_: Help | Form, __: Asker) -> Message:
        return answers.guide(desk.command, desk.repo.sites(), desk.repo.builds())

    desk.answers(Find, find)
    desk.answers(Waiting, waiting)
    desk.answers(Show, show)
    desk.answers(Log, log)
    desk.answers(Help, guide)
    desk.answers(Form, guide)
