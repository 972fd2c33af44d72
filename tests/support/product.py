"""The product as tests of its public surface reach it: the one place that knows its modules."""

from collections.abc import Collection, Mapping
from pathlib import Path

import click
from flask import Flask
from pydantic_settings import BaseSettings
from slack_bolt import App
from sqlalchemy import MetaData

from bot import verbs
from bot.blocks import answers
from bot.duties import works
from bot.slack import client
from provisioning import models
from provisioning.database import Database
from provisioning.models import Base
from provisioning.settings import BotSettings, ClerkSettings, ServerSettings, SlackSettings
from rollcall.__main__ import rollcall
from rollcall.slack_requests import add_slack
from server.app import create_app
from tests.support import settings

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


def web_application(repo: Path, database: Database) -> tuple[Flask, App]:
    """The Flask application of a server that speaks Slack over HTTP, and the Bolt app in it."""
    application = create_app(settings.server_settings(repo), database)
    return application, add_slack(application, _bot_settings(repo), database)


def job_kinds(repo: Path, database: Database) -> Collection[str]:
    """The kinds of jobs that a process does."""
    slack = _bot_settings(repo)
    return works(slack, database, client(slack)).keys()


def help_of_slash_command() -> str:
    """What `/mac help` answers."""
    return answers.guide("/mac", [], []).text


def _bot_settings(repo: Path) -> BotSettings:
    return settings.bot_settings(repo, "http://127.0.0.1:9/api/", "xoxb-none", "none")
