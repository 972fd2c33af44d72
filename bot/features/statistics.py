"""Figures and lists that take a while: asked for here, made by the clerk, sent to who asked."""

from bot.blocks.texts import Message, escape, plain
from bot.dependencies import Asker, Dependencies
from bot.dispatch import Dispatcher
from bot.wanted import Export, Statistics
from provisioning import jobs
from provisioning.exports import EXPORT
from provisioning.statistics import STATISTICS


def attach(dispatcher: Dispatcher, dependencies: Dependencies) -> None:
    """Answer the commands whose answer is a file."""

    def owe(what: str, **facts: object) -> None:
        with dependencies.database.begin() as session:
            jobs.owe(session, what, facts, at=dependencies.clock())

    def statistics(wanted: Statistics, asker: Asker) -> Message:
        site = dependencies.repo.site(wanted.site) if wanted.site else None
        owe(STATISTICS, by=asker.user, site=site, weeks=wanted.weeks)
        weeks = "week" if wanted.weeks == 1 else f"{wanted.weeks} weeks"
        return plain(
            f"The statistics of the last {weeks}{_of(site)} are being drawn; Rollcall sends you "
            "the picture as a direct message."
        )

    def export(wanted: Export, asker: Asker) -> Message:
        dependencies.permit_admin(asker, "export all registrations")
        site = dependencies.repo.site(wanted.site) if wanted.site else None
        owe(EXPORT, by=asker.user, site=site)
        return plain(
            f"The registrations{_of(site)} are being written; Rollcall sends you the file as a "
            "direct message."
        )

    dispatcher.handle(Statistics, statistics)
    dispatcher.handle(Export, export)


def _of(site: str | None) -> str:
    return f" for *{escape(site)}*" if site else ""
