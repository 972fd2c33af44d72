"""Puts the Macs' door together."""

from collections.abc import Callable, Iterator

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from provisioning import doctor
from provisioning.database import Database
from provisioning.editing import Manifests
from provisioning.munki.stores import LARGEST
from provisioning.previewers import Previewer
from provisioning.settings import ServerSettings
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
from server.requestlog import RequestLog, at_once

WATCH = "rollcall.templates"  # the extension that a process starts to have templates looked at
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
) -> Flask:
    """Return the WSGI application. Reads nothing but its arguments and the policy file.

    `later` is given what need not be done before the answer. Raises UnusablePolicy.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.merge_slashes = False  # it redirects, and Imagr takes a redirect for a failure
    parts = Parts.made(settings, database)
    app.extensions[WATCH] = parts.watch
    app.extensions[SLACK_GUARD] = parts.slack_guard
    answers.attach(app, database, channel=settings.channel, command=settings.command)
    for door in _doors(settings, database, parts):
        app.register_blueprint(door)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0
        )
    app.wsgi_app = RequestLog(app.wsgi_app, later)  # type: ignore[method-assign]
    return app


def _doors(settings: ServerSettings, database: Database, parts: Parts) -> Iterator[Blueprint]:
    """All routes, those that are called most first."""
    repo, callers, policy = parts.repo, parts.callers, parts.policy
    yield machines.door(callers, parts.firstboot)
    yield scripts.door(repo, parts.scripts, callers, parts.firstboot, parts.passes)
    yield reports.door(
        settings.keys_for_reports, database, opened=parts.reporters, guard=parts.report_guard
    )
    yield installapplications.door(repo, parts.installations, callers)
    yield names.door(database, policy, callers)
    yield previews.door(database, Previewer.of_server(settings, repo), policy, callers)
    yield imagr.door(settings, database, repo, callers, parts.passes)
    yield mwa2.door(Manifests(database, repo.store), repo.store, parts.editors)
    yield health.door(doctor.examination(settings, database, repo), callers)
