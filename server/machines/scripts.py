"""Routes that serve first-boot scripts.

Imagr runs any 2xx body as a script and cannot be told more than a status. So nothing but a script
is ever a 2xx here.
"""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest

from provisioning.clients.scripts import ScriptCache
from provisioning.munki import Destination, RepoView
from provisioning.values.serials import Serial
from server.answers import text
from server.auth.authentication import bearer, requested_within
from server.dependencies import ServerDependencies
from server.named_places import NamedPlaces

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def blueprint(dependencies: ServerDependencies, named_places: NamedPlaces) -> Blueprint:
    """Return the routes that serve scripts."""
    views = _Views(dependencies, named_places)
    routes = Blueprint("scripts", __name__)
    routes.add_url_rule("/", view_func=views.script)
    routes.add_url_rule("/script", view_func=views.plain_script)
    return routes


class _Views:
    """The views that serve first-boot scripts."""

    def __init__(self, dependencies: ServerDependencies, named_places: NamedPlaces) -> None:
        self._repo, self._callers = dependencies.repo, dependencies.callers
        self._named = named_places
        self._scripts, self._cache = dependencies.scripts, ScriptCache(dependencies.scripts)
        self._firstboot, self._tokens = dependencies.firstboot, dependencies.imagr_tokens

    def script(self) -> Response:
        """The first-boot script, as text, for a site and a build.

        With Basic auth or a site's key; headers `X-bootstrap-site` and `X-bootstrap-build`, or
        `X-enrolment-…`. `HEAD` works. Without both headers: a script for a Mac that goes where
        a technician says in Slack; with a token out of Imagr's config: for where the token says.
        """
        environ = request.environ  # once: each access to `request` goes through Flask's proxy
        repo = self._repo.now()
        site, build = self._named.read(repo, _header(environ, "site"), _header(environ, "build"))
        token = bearer(request)
        if token is None:
            allowed_site = self._callers.admit(request, site or None)
        else:
            with self._callers.counting_refusals(request):
                token_grant = self._tokens.destination(token)
            requested = requested_within(token_grant, site, build)
            site, build, allowed_site = requested.site, requested.build, requested.allowed_site
        return self._answer(repo, site, build, allowed_site, sent="header X-bootstrap-")

    def plain_script(self) -> Response:
        """The first-boot script for a client that runs it as it is, such as an MDM.

        With Basic auth or a site's key; `?site=…&build=…`, or `?serial=…`: for where that Mac is
        registered, and good for that Mac alone. `HEAD` works.
        """
        repo = self._repo.now()
        fields = request.args.get("site", ""), request.args.get("build", "")
        site, build = self._named.read(repo, *fields)
        allowed_site = self._callers.admit(request, site or None)
        if not (named := request.args.get("serial")):
            return self._answer(repo, site, build, allowed_site, sent="parameter ")
        if site or build:
            named = repo.layout.kinds.in_words()
            raise BadRequest(f"Send the parameter serial alone, or {named}.")
        serial = Serial.sent(named)
        bind_contextvars(serial=serial.text)
        destination, mac = self._firstboot.script_binding(serial)
        self._callers.confine(request, allowed_site, destination.site)
        return text(self._scripts.script_for(destination, mac, allowed_site=allowed_site))

    def _answer(
        self, repo: RepoView, site: str, build: str, allowed_site: str | None, *, sent: str
    ) -> Response:
        """Return a script; both of site and build are empty for the place of a registration.

        `sent` begins the name of the header or parameter in a BadRequest.
        """
        destination = Destination(site, build)
        if not destination.is_nowhere and not repo.layout.is_complete(site, build):
            missing = "build" if site else "site"
            raise BadRequest(
                f"Send the {sent}{missing} too: which {missing} is this Mac for? Or leave both "
                "out; then it goes where somebody says in Slack."
            )
        bind_contextvars(site=site, build=build)
        return text(self._cache.script(repo, destination, allowed_site))


def _header(environ: "WSGIEnvironment", name: str) -> str:
    """A header in either of the spellings that published workflows use; empty without it."""
    key = name.upper()
    value: str = (
        environ.get(f"HTTP_X_BOOTSTRAP_{key}") or environ.get(f"HTTP_X_ENROLMENT_{key}") or ""
    )
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()  # WSGI gives bytes as Latin-1, clients send UTF-8
    except UnicodeError:
        return value
