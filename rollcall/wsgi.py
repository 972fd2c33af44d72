"""The web application that a server process runs: the Macs' door and, over HTTP, the people's."""

import gc
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from provisioning.database import Database
from provisioning.settings import BotSettings, ServerSettings, read, speaks_slack_over_http
from rollcall import heartbeats, logs
from server.app import PULSES, WATCH, create_app

if TYPE_CHECKING:
    from slack_bolt import App


def create() -> Flask:
    """Return the application for the settings in the environment. Raises UnusableSettings."""
    settings = read(ServerSettings)
    later = logs.configure(settings)
    database = Database(settings.database_url, "server")
    app = create_app(settings, database, later=later, wanted=heartbeats.wanted())
    if speaks_slack_over_http():
        add_slack(app, read(BotSettings), database)
    # What is here now stays until the end: no collection has to look at it again.
    gc.collect()
    gc.freeze()
    app.extensions[WATCH].start()
    app.extensions[PULSES].start(heartbeats.folder())
    return app


def add_slack(app: Flask, settings: BotSettings, database: Database) -> "App":
    """Let `app` take Slack's requests; Bolt, which is returned, checks their signatures."""
    # Only here, so that a server without Slack does not carry Bolt.
    from slack_bolt.adapter.flask import SlackRequestHandler

    from bot.app import create_app as create_bot

    bolt = create_bot(settings, database)
    slack = SlackRequestHandler(bolt)

    @app.post("/slack/events")
    def slack_events() -> Response:
        """Everything that Slack sends: commands, buttons, windows, choices."""
        return slack.handle(request)

    return bolt
