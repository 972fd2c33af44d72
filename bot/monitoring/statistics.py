"""Listeners of the commands for figures and lists, which a job makes and sends."""

from bot.commands.dispatch import Dispatcher
from bot.commands.models import ExportCommand, StatisticsCommand
from bot.dependencies import BotDependencies, Requester
from bot.slack.markup import Message, escape, plain
from infrastructure.jobs import queue
from provisioning.monitoring.statistics import STATISTICS
from provisioning.registrations.export import EXPORT


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the commands whose answer is a file."""

    def enqueue(kind: str, **payload: object) -> None:
        with dependencies.database.begin() as session:
            queue.enqueue(session, kind, payload, at=dependencies.clock())

    def statistics(command: StatisticsCommand, requester: Requester) -> Message:
        site = dependencies.repo.now().site(command.site) if command.site else None
        enqueue(STATISTICS, by=requester.user, site=site, weeks=command.weeks)
        weeks = "week" if command.weeks == 1 else f"{command.weeks} weeks"
        return plain(
            f"The statistics of the last {weeks}{_of(site)} are being drawn; Rollcall sends you "
            "the picture as a direct message."
        )

    def export(command: ExportCommand, requester: Requester) -> Message:
        dependencies.permit_admin(requester, "export all registrations")
        site = dependencies.repo.now().site(command.site) if command.site else None
        enqueue(EXPORT, by=requester.user, site=site)
        return plain(
            f"The registrations{_of(site)} are being written; Rollcall sends you the file as a "
            "direct message."
        )

    dispatcher.handle(StatisticsCommand, statistics)
    dispatcher.handle(ExportCommand, export)


def _of(site: str | None) -> str:
    return f" for *{escape(site)}*" if site else ""
