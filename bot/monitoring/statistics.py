"""Figures and lists that take a while: asked for here, made by the job runner, sent to who asked."""

from bot.commands.dispatch import Dispatcher
from bot.commands.models import ExportCommand, StatisticsCommand
from bot.dependencies import BotDependencies, Requester
from bot.slack.markup import Message, escape, plain
from infrastructure.jobs import queue
from provisioning.monitoring.statistics import STATISTICS
from provisioning.registrations.export import EXPORT


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer the commands whose answer is a file."""

    def enqueue(what: str, **facts: object) -> None:
        with dependencies.database.begin() as session:
            queue.enqueue(session, what, facts, at=dependencies.clock())

    def statistics(wanted: StatisticsCommand, asker: Requester) -> Message:
        site = dependencies.repo.site(wanted.site) if wanted.site else None
        enqueue(STATISTICS, by=asker.user, site=site, weeks=wanted.weeks)
        weeks = "week" if wanted.weeks == 1 else f"{wanted.weeks} weeks"
        return plain(
            f"The statistics of the last {weeks}{_of(site)} are being drawn; Rollcall sends you "
            "the picture as a direct message."
        )

    def export(wanted: ExportCommand, asker: Requester) -> Message:
        dependencies.permit_admin(asker, "export all registrations")
        site = dependencies.repo.site(wanted.site) if wanted.site else None
        enqueue(EXPORT, by=asker.user, site=site)
        return plain(
            f"The registrations{_of(site)} are being written; Rollcall sends you the file as a "
            "direct message."
        )

    dispatcher.handle(StatisticsCommand, statistics)
    dispatcher.handle(ExportCommand, export)


def _of(site: str | None) -> str:
    return f" for *{escape(site)}*" if site else ""
