"""The WSGI application of the HTTP door, put together from its blueprints."""

from collections.abc import Collection, Iterator

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from infrastructure.heartbeats.process import Process
from infrastructure.heartbeats.store import SERVER
from provisioning.imports import sources
from provisioning.munki.storage import LARGEST
from server.api import mwa2, previews
from server.api.v1.blueprint import blueprint as api
from server.api.v1.registrations.bulk import LARGEST_BULK, LARGEST_CHANGE
from server.dependencies import ServerDependencies
from server.errors import ErrorHandlers
from server.health import metrics, routes
from server.health.heartbeat import Pulses, Underway
from server.health.readiness import Readiness
from server.machines import computer_names, imagr, installapplications, manifests, reports, scripts
from server.named_places import NamedPlaces
from server.request_log import Defer, RequestLog, at_once

PULSES = "rollcall.pulses"  # the extension that a process starts, to have a heartbeat
METRICS = "rollcall.metrics"  # the extension that answers Prometheus at a port of its own
LARGEST_BODY = 64 * 1024  # bytes; a call from a script has about two hundred
_LARGER = {
    "/report/": reports.LARGEST_BODY,
    "/api/manifests/": LARGEST,
    "/api/v1/registrations/bulk": LARGEST_BULK,
    "/api/v1/registrations/change": LARGEST_CHANGE,
    "/api/v1/imports": sources.LARGEST,
    "/board/hand-in": sources.LARGEST_FORM,
}


def largest_body(path: str) -> int:
    """The bytes that the body of a request for `path` may have."""
    return next((size for start, size in _LARGER.items() if path.startswith(start)), LARGEST_BODY)


def create_app(
    dependencies: ServerDependencies,
    *,
    port: int,
    threads: int,
    proxies: int = 0,
    later: Defer = at_once,
    wanted_parts: Collection[str] = (),
    version: str = "",
) -> Flask:
    """Return the WSGI application. Reads nothing but its arguments.

    It listens at `port` and answers as many requests at once as it has `threads`, behind a number
    of `proxies`. `later` gets calls that may be made after the answer; `wanted_parts` are the
    processes that are reported where they are missing, `version` is for probes.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.merge_slashes = False  # it redirects, and Imagr takes a redirect for a failure
    database = dependencies.database
    ErrorHandlers(
        database,
        channel=dependencies.channel,
        command=dependencies.command,
        usage=lambda: dependencies.repo.now().layout.usage,
    ).register(app)
    process = Process(SERVER, database, port=port)
    readiness = Readiness(database, dependencies.repo, process, wanted_parts)
    for blueprint in _blueprints(dependencies, readiness, version):
        app.register_blueprint(blueprint)
    scrapes = metrics.Scrapes(database, readiness, (SERVER, *wanted_parts), version)
    app.register_blueprint(metrics.blueprint(scrapes, dependencies.scrapers))
    app.extensions[METRICS] = metrics.application(scrapes)
    wsgi_app = app.wsgi_app
    if proxies:
        wsgi_app = ProxyFix(wsgi_app, x_for=proxies, x_proto=0, x_host=0)
    underway = Underway(RequestLog(wsgi_app, later, dependencies.tallies.request))
    app.wsgi_app = underway  # type: ignore[method-assign] # as Flask advises
    app.extensions[PULSES] = Pulses(process, readiness, underway, threads)
    return app


def _blueprints(
    dependencies: ServerDependencies, readiness: Readiness, version: str
) -> Iterator[Blueprint]:
    """All routes: those of Macs, which are called most, and those of people and programs."""
    named_places = NamedPlaces()
    for part in (manifests, scripts, installapplications, previews):
        yield part.blueprint(dependencies, named_places)
    for other in (reports, computer_names, imagr, mwa2):
        yield other.blueprint(dependencies)
    yield api(dependencies, version)
    yield routes.blueprint(dependencies.examination, readiness, dependencies.callers, version)
    if dependencies.browsers is not None and dependencies.screens is not None:
        # Only here, so that a server without a board carries no templates of pages.
        from server.board.blueprint import blueprint as board  # noqa: PLC0415

        yield board(dependencies, dependencies.browsers, dependencies.screens)
