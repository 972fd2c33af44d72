"""The web application that a server process runs: the Macs' door and, over HTTP, the people's."""

import gc
from multiprocessing.util import Finalize
from threading import Thread
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import make_server

import server.app
from rollcall import logging
from rollcall.application import Application
from rollcall.parts import heartbeats, slack_requests
from rollcall.settings import BotSettings, ServerSettings, Settings, read, speaks_slack_over_http

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create() -> Flask:
    """Return the application for the settings in the environment. Raises UnusableSettings."""
    settings: list[Settings] = [read(ServerSettings)]
    if speaks_slack_over_http():
        settings.append(read(BotSettings))
    later = logging.configure(settings[0])
    logging.catch_the_rest()
    logging.tell_start("server", *settings)
    application = Application(*settings, role="server")
    app = application.web_app(later=later, wanted_parts=heartbeats.expected_parts())
    # What is here now stays until the end: no collection has to look at it again.
    gc.freeze()
    application.machines.dependencies.template_watcher.start()
    # After the log, which is at 0: with its last lines come the last counts.
    Finalize(None, application.tallies.close, exitpriority=-1)
    app.extensions[server.app.PULSES].start(heartbeats.folder())
    if settings[0].tells_alerts:
        from rollcall.parts import alerts

        alerts.start(application, settings[0])
    return app


def metrics_of(app: Flask) -> "WSGIApplication":
    """Return the application that answers Prometheus at a port of its own."""
    metrics: WSGIApplication = app.extensions[server.app.METRICS]
    return metrics


def serve_for_development(address: str, port: int, metrics_port: int | None) -> None:
    """Serve by Flask's own server, until the process is ended."""
    app = create()
    if metrics_port is not None:
        metrics = make_server(address, metrics_port, metrics_of(app), threaded=True)
        Thread(target=metrics.serve_forever, daemon=True).start()
    app.run(host=address, port=port, threaded=True)


def largest_body(path: str) -> int:
    """The bytes that the body of a request for `path` may have."""
    if path == slack_requests.PATH:
        return slack_requests.LARGEST_BODY
    return server.app.largest_body(path)
