"""The web application that a server process runs: the Macs' door and, over HTTP, the people's."""

import gc

import structlog
from flask import Flask

import server.app
from rollcall import heartbeats, logging, version
from rollcall.application import Application
from rollcall.parts import slack_requests
from rollcall.settings import BotSettings, ServerSettings, Settings, read, speaks_slack_over_http

log = structlog.get_logger()


def create() -> Flask:
    """Return the application for the settings in the environment. Raises UnusableSettings."""
    settings: list[Settings] = [read(ServerSettings)]
    if speaks_slack_over_http():
        settings.append(read(BotSettings))
    later = logging.configure(settings[0])
    logging.catch_the_rest()
    log.info("starting", part="server", version=version.current())
    application = Application(*settings, role="server")
    app = application.web_app(later=later, wanted_parts=heartbeats.expected_parts())
    # What is here now stays until the end: no collection has to look at it again.
    gc.collect()
    gc.freeze()
    application.server_dependencies.template_watcher.start()
    app.extensions[server.app.PULSES].start(heartbeats.folder())
    return app


def largest_body(path: str) -> int:
    """The bytes that the body of a request for `path` may have."""
    if path == slack_requests.PATH:
        return slack_requests.LARGEST_BODY
    return server.app.largest_body(path)
