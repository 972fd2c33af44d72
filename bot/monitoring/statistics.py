"""Listeners of the commands for statistics and lists, which a job makes and sends."""

from bot.commands.dispatch import Dispatcher
from bot.commands.models import ExportCommand, StatisticsCommand
from bot.slack.markup import Message, plain
from infrastructure.jobs import queue
from infrastructure.text import Sentence
from provisioning.maintenance.acts.actors import Principal
from provisioning.monitoring.statistics import STATISTICS
from provisioning.registrations.listings.export import EXPORT
from provisioning.values.language import _, ngettext
from provisioning.values.libraries import need_pictures
from provisioning.values.slack import escape


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the commands whose answer is a file."""
    dependencies = dispatcher.dependencies

    def enqueue(kind: str, **payload: object) -> None:
        with dependencies.database.begin() as session:
            queue.enqueue(session, kind, payload, at=dependencies.clock())

    def statistics(command: StatisticsCommand, principal: Principal) -> Message:
        need_pictures()
        site = dependencies.repo.now().site(command.site) if command.site else None
        enqueue(STATISTICS, by=principal.actor.by, site=site, weeks=command.weeks)
        return plain(_statistics(command.weeks, site))

    def export(command: ExportCommand, principal: Principal) -> Message:
        principal.permit_admin(Sentence("export all registrations"))
        site = dependencies.repo.now().site(command.site) if command.site else None
        enqueue(EXPORT, by=principal.actor.by, site=site)
        return plain(_export(site))

    dispatcher.handle(StatisticsCommand, statistics)
    dispatcher.handle(ExportCommand, export)


def _statistics(weeks: int, site: str | None) -> str:
    if site:
        return ngettext(
            "The statistics of the last week for *{site}* are being drawn; Rollcall sends you the "
            "picture as a direct message.",
            "The statistics of the last {number} weeks for *{site}* are being drawn; Rollcall "
            "sends you the picture as a direct message.",
            weeks,
            site=escape(site),
        )
    return ngettext(
        "The statistics of the last week are being drawn; Rollcall sends you the picture as a "
        "direct message.",
        "The statistics of the last {number} weeks are being drawn; Rollcall sends you the picture "
        "as a direct message.",
        weeks,
    )


def _export(site: str | None) -> str:
    if site:
        return _(
            "The registrations for *{site}* are being written; Rollcall sends you the file as a "
            "direct message.",
            site=escape(site),
        )
    return _(
        "The registrations are being written; Rollcall sends you the file as a direct message."
    )
