"""The web application that a server process runs: the Macs' door and, over HTTP, the people's."""

import gc
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from provisioning.database import Database
from provisioning.settings import BotSettings, ServerSettings, read, speaks_slack_over_http
from rollcall import logs
from server.app import WATCH, create_app
from server.app import largest_body as largest_for_macs

if TYPE_CHECKING:
    from slack_bolt import App

FROM_SLACK = "/slack/events"
# Bytes: a shortcut sends a whole message, of 40,000 characters and 50 blocks of 3,000, and JSON in
# a form makes eight bytes of a character that is not ASCII.
LARGEST_FROM_SLACK = 2 * 1024 * 1024


def create() -> Flask:
    """Return the application for the settings in the environment. Raises UnusableSettings."""
    settings = read(ServerSettings)
    later = logs.configure(settings)
    database = Database(settings.database_url)
    app = create_app(settings, database, later=later)
    if speaks_slack_over_http():
        add_slack(app, read(BotSettings), database)
    # What is here now stays until the end: no collection has to look at it again.
    gc.collect()
    gc.freeze()
    app.extensions[WATCH].start()
    return app


def largest_body(path: str) -> int:
    """The bytes that the body of a request for `path` may have."""
    return LARGEST_FROM_SLACK if path == FROM_SLACK else largest_for_macs(path)


def add_slack(app: Flask, settings: BotSettings, database: Database) -> "App":
    """Let `app` take Slack's requests; Bolt, which is returned, checks their signatures."""
    # Only here, so that a server without Slack does not carry Bolt.
    from slack_bolt.adapter.flask import SlackRequestHandler

    from bot.app import create_app as create_bot

    bolt = create_bot(settings, database)
    slack = SlackRequestHandler(bolt)

    @app.post(FROM_SLACK)
    def slack_events() -> Response:
        """Everything that Slack sends: commands, buttons, windows, choices."""
        request.max_content_length = LARGEST_FROM_SLACK
        return slack.handle(request)

    return bolt
