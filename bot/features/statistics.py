"""Figures and lists that take a while: asked for here, made by the clerk, sent to who asked."""

from slack_bolt import App

from bot.blocks.texts import Message, escape, plain
from bot.desk import Asker, Desk
from bot.wanted import Export, Statistics
from provisioning import jobs
from provisioning.exports import EXPORT
from provisioning.statistics import STATISTICS


def attach(app: App, desk: Desk) -> None:
    """Answer the commands whose answer is a file."""
    del app

    def owe(what: str, **facts: object) -> None:
        with desk.database.begin() as session:
            jobs.owe(session, what, facts, at=desk.clock())

    def statistics(wanted: Statistics, asker: Asker) -> Message:
        site = desk.repo.site(wanted.site) if wanted.site else None
        owe(STATISTICS, by=asker.user, site=site, weeks=wanted.weeks)
        weeks = "week" if wanted.weeks == 1 else f"{wanted.weeks} weeks"
        return plain(
            f"The statistics of the last {weeks}{_of(site)} are being drawn; Rollcall sends you "
            "the picture as a direct message."
        )

    def export(wanted: Export, asker: Asker) -> Message:
        desk.permit_admin(asker, "export all registrations")
        site = desk.repo.site(wanted.site) if wanted.site else None
        owe(EXPORT, by=asker.user, site=site)
        return plain(
            f"The registrations{_of(site)} are being written; Rollcall sends you the file as a "
            "direct message."
        )

    desk.answers(Statistics, statistics)
    desk.answers(Export, export)


def _of(site: str | None) -> str:
    return f" for *{escape(site)}*" if site else ""
