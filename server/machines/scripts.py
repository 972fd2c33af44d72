"""The first-boot scripts, over HTTP.

Imagr runs any 2xx body as a script and cannot be told more than a status. So nothing but a script
is ever a 2xx here.
"""

from threading import Lock
from typing import TYPE_CHECKING

from cachetools import TTLCache, cached
from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest

from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.clients.scripts import Scripts
from provisioning.firstboot.service import FirstBootService
from provisioning.munki import MunkiRepo
from provisioning.values.serials import Serial
from server.auth.authentication import Callers, bearer, within
from server.errors import text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FRESH = 20  # seconds; a template that changed is served within a minute


def door(
    repo: MunkiRepo,
    scripts: Scripts,
    callers: Callers,
    firstboot: FirstBootService,
    passes: ImagrTokens,
) -> Blueprint:
    """Return the routes that serve scripts."""
    served_here = Blueprint("scripts", __name__)

    @cached(TTLCache(1024, FRESH), lock=Lock())
    def served(site: str, build: str, only: str | None) -> bytes:
        """Made every FRESH seconds: a lab that boots at once gets one script."""
        to = repo.destination(site, build) if site else WHERE_REGISTERED
        return scripts.script_for(to, allowed_site=only).encode()

    def script_for(site: str, build: str, only: str | None, *, sent: str) -> Response:
        if bool(site) != bool(build):
            missing = "build" if site else "site"
            raise BadRequest(
                f"Send the {sent}{missing} too: which {missing} is this Mac for? Or leave both "
                "out; then it goes where somebody says in Slack."
            )
        bind_contextvars(site=site, build=build)
        return text(served(site, build, only))

    @served_here.get("/")
    def script() -> Response:
        """The first-boot script, as text, for a site and a build.

        With Basic auth or a site's key; headers `X-bootstrap-site` and `X-bootstrap-build`, or
        `X-enrolment-…`. `HEAD` works. Without both headers: a script for a Mac that goes where
        somebody says in Slack; with a token out of Imagr's config: for where the token says.
        """
        sent = request.environ  # once: each look at `request` goes through Flask's proxy
        site, build = _header(sent, "site"), _header(sent, "build")
        token = bearer(request)
        if token is None:
            only = callers.admit(request, site or None)
        else:
            with callers.judging(request):
                permit = passes.destination(token)
            said = within(permit, site, build)
            site, build, only = said.site, said.build, said.allowed_site
        return script_for(site, build, only, sent="header X-bootstrap-")

    @served_here.get("/script")
    def plain_script() -> Response:
        """The same script for a client that runs it as it is, such as an MDM.

        With Basic auth or a site's key; `?site=…&build=…`, or `?serial=…`: for where that Mac is
        registered, and good for that Mac alone. `HEAD` works.
        """
        site, build = request.args.get("site", ""), request.args.get("build", "")
        only = callers.admit(request, site or None)
        if not (named := request.args.get("serial")):
            return script_for(site, build, only, sent="parameter ")
        if site or build:
            raise BadRequest("Send the parameter serial alone, or site and build.")
        serial = Serial.parse(named)
        bind_contextvars(serial=serial.text)
        to, mac = firstboot.placed(serial)
        callers.confine(request, only, to.site)
        return text(scripts.script_for(to, mac, allowed_site=only))

    return served_here


def _header(sent: "WSGIEnvironment", name: str) -> str:
    """A header in either of the spellings that published workflows use; empty without it."""
    key = name.upper()
    value: str = sent.get(f"HTTP_X_BOOTSTRAP_{key}") or sent.get(f"HTTP_X_ENROLMENT_{key}") or ""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()  # WSGI gives bytes as Latin-1, clients send UTF-8
    except UnicodeError:
        return value
