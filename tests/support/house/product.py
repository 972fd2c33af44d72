"""The product as tests of its public surface reach it: the one place that knows its modules."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

import click
from flask import Flask
from pydantic_settings import BaseSettings
from slack_bolt import App
from sqlalchemy import MetaData

from bot.commands.help import USAGE
from bot.delivery.transport import SlackTransport
from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations
from infrastructure.jobs.runner import JobRunner
from provisioning.access import models as access
from provisioning.imports import models as imports
from provisioning.maintenance.tables import Base
from provisioning.outbox import models as outbox
from provisioning.outbox.relay import Relay
from provisioning.registrations import models as registrations
from rollcall.__main__ import rollcall
from rollcall.application import Application
from rollcall.settings import BotSettings, JobsSettings, LiveSettings, RelaySettings, ServerSettings
from tests.fakes.imagr.reports import REPORT_KEY
from tests.support.running import settings

COMMAND_LINE: click.Group = rollcall
TABLES: MetaData = Base.metadata
FORMS: Collection[str] = [form for form, _ in USAGE]  # of the slash command
# What each process reads.
SETTINGS: Mapping[str, type[BaseSettings]] = {
    "server": ServerSettings,
    "bot": BotSettings,
    "jobs": JobsSettings,
    "relay": RelaySettings,
    "live": LiveSettings,
}
# Words that stand in rows, by their column.
WORDS: Mapping[str, Collection[str]] = {
    "cards.kind": (outbox.BATCH, outbox.IMPORT, outbox.STRANGER, outbox.BENCH),
    "credentials.opens": (
        access.SCRIPTS, access.REPORTS, access.MANIFESTS,
        access.INSTALLAPPLICATIONS,
    ),
    "imports.state": (imports.READING, imports.READ, imports.REGISTERED, imports.DROPPED),
    "notifications.kind": (
        outbox.CARD, outbox.CONFIRMATION, outbox.TROUBLE, outbox.NEWS, outbox.FILE,
        outbox.STALL, outbox.REMINDER, outbox.DIGEST,
    ),
    "notifications.state": (outbox.PENDING, outbox.SENT, outbox.PARKED, outbox.UNSAID),
    "registrations.state": (
        registrations.WAITING, registrations.IMAGING, registrations.CONFIRMED,
        registrations.FAILED, registrations.CANCELLED,
    ),
}  # fmt: skip


NOWHERE = "http://127.0.0.1:9/api/"  # a Slack that is never asked
FOR_EVER = 24 * 365 * 50  # hours: more than an admin may set


def web_application(repo: Path, database: Database, api_url: str = NOWHERE) -> tuple[Flask, App]:
    """The Flask application of a server that speaks Slack over HTTP, and the Bolt app in it.

    The tokens of its scripts are good for FOR_EVER.
    """
    lasting = settings.server_settings(
        repo, ROLLCALL_REPORT_KEYS=REPORT_KEY, ROLLCALL_URL="https://rollcall.example.com"
    )
    lasting = lasting.model_copy(update={"token_hours": FOR_EVER})
    application = Application(lasting, _bot_settings(repo, api_url), database=database)
    return application.web_app(), application.bolt_app


def job_kinds(repo: Path, database: Database) -> Collection[str]:
    """The kinds of jobs that a process does."""
    return Application(_bot_settings(repo, NOWHERE), database=database).job_handlers.keys()


def worker(repo: Path, database: Database, api_url: str) -> Callable[[], bool]:
    """Does the next job that is due; returns whether there was one."""
    application = Application(_bot_settings(repo, api_url), database=database)
    return JobRunner(database, application.job_handlers, []).work


def deliverer(
    repo: Path, database: Database, api_url: str, clock: Callable[[], datetime]
) -> Callable[[], bool]:
    """Sends the next message that is due by this clock; returns whether there was one."""
    application = Application(_bot_settings(repo, api_url), database=database)
    return Relay(database, SlackTransport(application.slack_client), clock=clock).deliver


def upgrade(url: str) -> None:
    """Bring the schema of a database up to date."""
    database = Database(url)
    migrations.upgrade(database)
    database.close()


def _bot_settings(repo: Path, api_url: str) -> BotSettings:
    return settings.bot_settings(repo, api_url, "xoxb-stand-in", "signing-secret-of-the-stand-in")
