"""Puts the Macs' door together."""

import time
from collections.abc import Callable, Collection, Iterator

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from provisioning import doctor
from provisioning.database import Database
from provisioning.editing import Manifests
from provisioning.monitoring.heartbeats import SERVER
from provisioning.monitoring.processes import Process
from provisioning.munki.stores import LARGEST
from provisioning.previewers import Previewer
from rollcall.settings import ServerSettings
from server import (
    answers,
    health,
    imagr,
    installapplications,
    machines,
    mwa2,
    names,
    previews,
    reports,
    scripts,
)
from server.parts import Parts
from server.pulses import Pulses, Underway
from server.readiness import Readiness
from server.requestlog import RequestLog, at_once

# The extensions that a process starts: to have templates looked at, and to have a heartbeat.
WATCH, PULSES = "rollcall.templates", "rollcall.pulses"
SLACK_GUARD = "rollcall.slack_guard"  # the one that Slack's requests have to pass
LARGEST_BODY = 64 * 1024  # bytes; a call from a script has about two hundred
_LARGER = {"/report/": reports.LARGEST_BODY, "/api/manifests/": LARGEST}


def largest_body(path: str) -> int:
    """The bytes that the body of a request for `path` may have."""
    return next((size for start, size in _LARGER.items() if path.startswith(start)), LARGEST_BODY)


def create_app(
    settings: ServerSettings,
    database: Database,
    *,
    later: Callable[[Callable[[], object]], None] = at_once,
    wanted: Collection[str] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Flask:
    """Return the WSGI application. Reads nothing but its arguments and the policy file.

    `later` is given what need not be done before the answer; `wanted` are the parts that are
    missing where no process does them; `clock` is theirs who slow guesses. Raises UnusablePolicy.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.merge_slashes = False  # it redirects, and Imagr takes a redirect for a failure
    parts = Parts.made(settings, database, clock)
    app.extensions[WATCH] = parts.watch
    app.extensions[SLACK_GUARD] = parts.slack_guard
    answers.attach(app, database, channel=settings.channel, command=settings.command)
    process = Process(SERVER, database, port=settings.port)
    readiness = Readiness(database, parts.repo, process, wanted)
    for door in _doors(settings, database, parts, readiness):
        app.register_blueprint(door)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0
        )
    underway = Underway(RequestLog(app.wsgi_app, later))
    app.wsgi_app = underway  # type: ignore[method-assign]
    app.extensions[PULSES] = Pulses(process, readiness, underway, settings.threads)
    return app


def _doors(
    settings: ServerSettings, database: Database, parts: Parts, readiness: Readiness
) -> Iterator[Blueprint]:
    """All routes, those that are called most first."""
    repo, callers, policy = parts.repo, parts.callers, parts.policy
    yield machines.door(callers, parts.firstboot)
    yield scripts.door(repo, parts.scripts, callers, parts.firstboot, parts.passes)
    yield reports.door(
        settings.keys_for_reports, database, opened=parts.reporters, guard=parts.report_guard
    )
    yield installapplications.door(database, repo, parts.installations, callers)
    yield names.door(names.Names(database, repo, policy), callers)
    yield previews.door(database, Previewer.of_server(settings, repo), policy, callers)
    yield imagr.door(settings, database, repo, callers, parts.passes)
    yield mwa2.door(Manifests(database, repo.store), repo.store, parts.editors)
    yield health.door(doctor.examination(settings, database, repo), readiness, callers)
