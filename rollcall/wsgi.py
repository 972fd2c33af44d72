"""The web application that a server process runs: the Macs' door and, over HTTP, the people's."""

import gc

from flask import Flask

import provisioning.tables  # noqa: F401 - foreign keys name tables by their names
from provisioning.database import Database
from provisioning.settings import BotSettings, ServerSettings, read, speaks_slack_over_http
from rollcall import heartbeats, logs, slack_requests
from server import app as macs


def create() -> Flask:
    """Return the application for the settings in the environment. Raises UnusableSettings."""
    settings = read(ServerSettings)
    later = logs.configure(settings)
    database = Database(settings.database_url, "server")
    app = macs.create_app(settings, database, later=later, wanted=heartbeats.wanted())
    if speaks_slack_over_http():
        slack_requests.add_slack(app, read(BotSettings), database)
    # What is here now stays until the end: no collection has to look at it again.
    gc.collect()
    gc.freeze()
    app.extensions[macs.WATCH].start()
    app.extensions[macs.PULSES].start(heartbeats.folder())
    return app


def largest_body(path: str) -> int:
    """The bytes that the body of a request for `path` may have."""
    if path == slack_requests.PATH:
        return slack_requests.LARGEST_BODY
    return macs.largest_body(path)
