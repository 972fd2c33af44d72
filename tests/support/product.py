"""The product as tests of its public surface reach it: the one place that knows its modules."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

import click
from flask import Flask
from provisioning.settings import BotSettings, ClerkSettings, ServerSettings, SlackSettings
from pydantic_settings import BaseSettings
from slack_bolt import App
from sqlalchemy import MetaData

from bot import verbs
from bot.blocks import answers
from bot.clerk import Clerk
from bot.courier import Courier
from bot.duties import works
from bot.slack import client
from provisioning import migrations, models
from provisioning.database import Database
from provisioning.tables import Base
from rollcall.__main__ import rollcall
from rollcall.slack_requests import add_slack
from server.app import create_app
from tests.support import settings
from tests.support.imagr import REPORT_KEY

COMMAND_LINE: click.Group = rollcall
TABLES: MetaData = Base.metadata
VERBS: Collection[str] = verbs.VERBS
# What each process reads.
SETTINGS: Mapping[str, type[BaseSettings]] = {
    "server": ServerSettings,
    "bot": BotSettings,
    "clerk": ClerkSettings,
    "courier": SlackSettings,
}
# Words that stand in rows, by their column.
WORDS: Mapping[str, Collection[str]] = {
    "cards.kind": (models.BATCH, models.IMPORT, models.STRANGER, models.BENCH),
    "credentials.opens": (
        *(models.SCRIPTS, models.REPORTS, models.MANIFESTS),
        models.INSTALLAPPLICATIONS,
    ),
    "imports.state": (models.READING, models.READ, models.REGISTERED, models.DROPPED),
    "notifications.kind": (
        *(models.CARD, models.CONFIRMATION, models.TROUBLE, models.NEWS, models.FILE),
        *(models.STALL, models.REMINDER, models.DIGEST),
    ),
    "notifications.state": (models.OWED, models.SENT, models.PARKED, models.UNSAID),
    "registrations.state": (
        *(models.WAITING, models.IMAGING, models.CONFIRMED, models.FAILED),
        models.CANCELLED,
    ),
}


NOWHERE = "http://127.0.0.1:9/api/"  # a Slack that nobody asks
FOR_EVER = 24 * 365 * 50  # hours: more than an admin may set


def web_application(repo: Path, database: Database, api_url: str = NOWHERE) -> tuple[Flask, App]:
    """The Flask application of a server that speaks Slack over HTTP, and the Bolt app in it.

    The tokens of its scripts are good for FOR_EVER.
    """
    lasting = settings.server_settings(repo, ROLLCALL_REPORT_KEYS=REPORT_KEY)
    application = create_app(lasting.model_copy(update={"token_hours": FOR_EVER}), database)
    return application, add_slack(application, _bot_settings(repo, api_url), database)


def job_kinds(repo: Path, database: Database) -> Collection[str]:
    """The kinds of jobs that a process does."""
    slack = _bot_settings(repo, NOWHERE)
    return works(slack, database, client(slack)).keys()


def worker(repo: Path, database: Database, api_url: str) -> Callable[[], bool]:
    """Does the next job that is due; returns whether there was one."""
    slack = _bot_settings(repo, api_url)
    return Clerk(database, works(slack, database, client(slack)), []).work


def deliverer(
    repo: Path, database: Database, api_url: str, clock: Callable[[], datetime]
) -> Callable[[], bool]:
    """Sends the next message that is due by this clock; returns whether there was one."""
    return Courier(database, client(_bot_settings(repo, api_url)), clock=clock).deliver


def upgrade(url: str) -> None:
    """Bring the schema of a database up to date."""
    database = Database(url)
    migrations.upgrade(database)
    database.close()


def help_of_slash_command() -> str:
    """What `/mac help` answers."""
    return answers.guide("/mac", [], []).text


def _bot_settings(repo: Path, api_url: str) -> BotSettings:
    return settings.bot_settings(repo, api_url, "xoxb-stand-in", "signing-secret-of-the-stand-in")
