"""The metrics for Prometheus: a route with a key, and an application for a port of its own."""

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as PlainResponse

from infrastructure.database.engine import Database
from server.auth.authentication import Scrapers
from server.health.readiness import Readiness

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from provisioning.monitoring.metrics.exposition import Exposition

PATH = "/metrics"


class Scrapes:
    """The answers to Prometheus, which are the same for the route and for the port."""

    def __init__(
        self, database: Database, readiness: Readiness, parts: Collection[str], version: str
    ) -> None:
        self._database, self._readiness = database, readiness
        self._parts, self._version = parts, version

    def answer(self, request: Request) -> tuple[bytes, str]:
        """Return the metrics and their media type."""
        return self._exposition.written(request.headers.get("Accept", ""))

    @cached_property
    def _exposition(self) -> "Exposition":
        # Here, so that a server without scrapes does not load it.
        from provisioning.monitoring.metrics.exposition import Exposition  # noqa: PLC0415

        return Exposition(
            self._database, usable=self._usable, parts=self._parts, version=self._version
        )

    def _usable(self) -> dict[str, bool]:
        database, repo = self._readiness.database(), self._readiness.repo()
        return {"database": database.is_usable, "repo": repo.is_usable}


def blueprint(scrapes: Scrapes, scrapers: Scrapers) -> Blueprint:
    """Return the route for those with a key."""
    routes = Blueprint("metrics", __name__)

    @routes.get(PATH)
    def metrics() -> Response:
        """All metrics, in OpenMetrics or in Prometheus' older text format, by the Accept header.

        With a key that `boot.sh credentials make --metrics` made, as a password or as a Bearer
        token; `404` where there is none. Each server has the metrics of all processes. At the port
        of `ROLLCALL_METRICS_PORT` it needs no key.
        """
        scrapers.admit(request)
        body, media_type = scrapes.answer(request)
        return Response(body, content_type=media_type)

    return routes


def application(scrapes: Scrapes) -> "WSGIApplication":
    """Return the application for a port of its own, which needs no key."""

    @Request.application
    def answer(request: Request) -> PlainResponse:
        if request.path != PATH:
            raise NotFound()
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(["GET", "HEAD"])
        body, media_type = scrapes.answer(request)
        return PlainResponse(body, content_type=media_type)

    return answer
