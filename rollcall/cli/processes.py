"""Commands that run Rollcall's processes, each until SIGTERM."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from socket import socket
from threading import Event
from typing import TYPE_CHECKING

import click
import structlog

from rollcall import logging, signals
from rollcall.application import Application
from rollcall.parts import heartbeats
from rollcall.settings import (
    BotSettings,
    JobsSettings,
    LiveSettings,
    RelaySettings,
    ServerSettings,
    Settings,
    SocketModeSettings,
    read,
    speaks_slack_over_http,
)

if TYPE_CHECKING:
    from infrastructure.heartbeats.process import Process
    from provisioning.monitoring.alerts.watcher import AlertWatcher

log = structlog.get_logger()

PROBES = frozenset({"/healthz"})  # answered while all threads are busy
GRACE = 8  # seconds for requests under way; Docker kills 10 s (compose: 30 s) after asking


@click.command()
def server() -> None:
    """Serve the Macs, and Slack where it speaks HTTP."""
    # Here too, so that wrong settings are reported once, and not by every worker.
    settings = read(ServerSettings)
    policy = Application(settings).policy.policy
    if settings.board_url is not None:
        for provider, table in policy.sign_in.items():
            settings.check_provider(provider, table)
    if speaks_slack_over_http():
        read(BotSettings)
    if settings.context == "DEV":
        from rollcall import wsgi

        wsgi.serve_for_development(settings.address, settings.port, settings.metrics_port)
        return
    from rollcall.webserver.processes import WebServer
    from rollcall.webserver.workers import Worker

    def workers(listeners: Sequence[socket]) -> Iterator[Worker]:
        from rollcall import wsgi

        app = wsgi.create()
        size = wsgi.largest_body
        main, *others = listeners
        yield Worker(app, main, threads=settings.threads, largest_body=size, probes=PROBES)
        for metrics in others:
            yield Worker(wsgi.metrics_of(app), metrics, threads=1, largest_body=size)

    ports = {"PORT": settings.port}
    if settings.metrics_port is not None:
        ports["ROLLCALL_METRICS_PORT"] = settings.metrics_port
    WebServer(
        lambda listeners: list(workers(listeners)),
        address=settings.address,
        ports=ports,
        processes=settings.workers,
        grace=GRACE,
    ).serve()
    # Not where it raises: then a database that was not closed is left for the next one to examine.
    _close_after_workers(settings)


def _close_after_workers(settings: ServerSettings) -> None:
    """Close an SQLite database as the last process: the web server's workers end without doing so.

    It does not use SQLAlchemy, which this process does not load.
    """
    from infrastructure.database.sqlite import sqlite_files
    from infrastructure.database.sqlite.occupants import Occupants

    if path := sqlite_files.path_of(settings.database_url):
        Occupants(path, "server").leave()


@click.command()
def bot() -> None:
    """Listen to Slack in Socket Mode."""
    from slack_bolt.adapter.socket_mode import SocketModeHandler

    from bot.slack.web import socket_mode
    from bot.slack.web.heartbeat import ConnectionListener
    from infrastructure.heartbeats.files import CONNECTING

    settings = read(SocketModeSettings)
    with _running(settings, "bot", doing=CONNECTING) as (application, stop, process):
        app = application.bolt_app
        handler = SocketModeHandler(app, settings.app_token.get_secret_value())
        executor = app.listener_runner.listener_executor
        listener = ConnectionListener(handler.client, executor, process.beat, bots=process.peers)
        listener.start(stop)
        socket_mode.connect(handler.client, stop, listener)
        stop.wait()
        socket_mode.hang_up(handler.client, executor, GRACE)


@click.command()
def relay() -> None:
    """Send messages to Slack, to webhooks and by mail."""
    from rollcall.parts import relays

    settings = read(RelaySettings)
    with _running(settings, "relay") as (application, stop, process):
        relays.run(relays.of(application, settings), stop, process.beat)


@click.command()
def jobs() -> None:
    """Read files and photos, draw statistics, notice silence."""
    from infrastructure.jobs.runner import JobRunner

    settings = read(JobsSettings)
    with (
        _running(settings, "jobs") as (application, stop, process),
        _people_kept(application, settings),
    ):
        JobRunner(
            application.database,
            application.job_handlers,
            application.periodic_tasks,
            pulse=process.beat,
            count=application.tallies.job,
        ).run(stop)


@click.command()
def live() -> None:
    """Tell open boards of news."""
    import asyncio

    from rollcall.webserver.live.server import LiveLimits, LiveServer
    from rollcall.webserver.sockets import listening

    settings = read(LiveSettings)
    assert settings.board_origin is not None  # noqa: S101 - for the type checker
    with (
        _running(settings, "live", settings.port) as (application, stop, process),
        listening(settings.address, settings.port, "ROLLCALL_LIVE_PORT") as listener,
    ):
        news = LiveServer(
            application.database,
            settings.board_origin,
            LiveLimits(boards=settings.max_boards),
            pulse=process.beat,
        )
        asyncio.run(news.serve(listener, stop))


def _people_kept(application: Application, settings: JobsSettings) -> AbstractContextManager[None]:
    """A context in which the copy of Slack's people is refreshed, where there is a board."""
    if settings.board_url is None:
        return nullcontext()
    from rollcall.parts import people

    return people.kept(application)


@contextmanager
def _running(
    settings: Settings, part: str, port: int | None = None, doing: str = ""
) -> Iterator[tuple[Application, Event, "Process"]]:
    """The parts of a process, an event that SIGTERM and SIGINT set, and its heartbeats.

    `port` is where it listens, if it does, and `doing` what its first heartbeat says.
    """
    # Not at the top: a web server that only starts its workers would load SQLAlchemy for nothing.
    from infrastructure.heartbeats.process import Process

    stop = signals.listen()
    logging.configure(settings)
    logging.catch_the_rest()
    logging.tell_start(part, settings)
    with Application(settings, role=part) as application:
        process = Process(part, application.database, port=port)
        process.start(heartbeats.folder(), doing)
        watchers = _watchers(application, settings)
        try:
            yield application, stop, process
        finally:
            for watcher in watchers:
                watcher.end()
            process.end()


def _watchers(application: Application, settings: Settings) -> "list[AlertWatcher]":
    """Start the watchers of alerts, where there are targets."""
    if not settings.tells_alerts:
        return []
    from rollcall.parts import alerts

    return alerts.start(application, settings)
