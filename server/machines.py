"""What Macs ask: their first-boot script, and that their manifest be written.

Imagr runs any 2xx body as a script and cannot be told more than a status; scripts run again
until they are confirmed. So nothing but a script is ever a 2xx of `GET /`, and every call is
safe to repeat.
"""

import time
from functools import lru_cache

from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest, Forbidden, MethodNotAllowed

from provisioning.firstboots import FirstBoot
from provisioning.imagr.passes import Passes
from provisioning.munki import Destination, MunkiRepo
from provisioning.progress import Said
from provisioning.scripts import Scripts
from provisioning.serials import Serial
from provisioning.tokens import WHERE_REGISTERED
from server.answers import text
from server.callers import Callers, Grant, bearer


def door(
    repo: MunkiRepo, scripts: Scripts, callers: Callers, firstboot: FirstBoot, passes: Passes
) -> Blueprint:
    """Return the routes that Macs call."""
    machines = Blueprint("machines", __name__)

    @lru_cache(maxsize=1024)
    def served(site: str, build: str, only: str | None, minute: int) -> bytes:
        """Made once a minute: a lab that boots at once gets one script."""
        del minute
        to = repo.destination(site, build) if site else WHERE_REGISTERED
        return scripts.script_for(to, callers.token(to, only)).encode()

    @machines.get("/")
    def script() -> Response:
        """The first-boot script for the site and the build that the headers name.

        Without them it is the one for a Mac that goes where somebody says in Slack; with a token
        out of Imagr's config the one for where the token says.
        """
        site, build = _header("site"), _header("build")
        token = bearer(request)
        if token is None:
            only = callers.admit(request, site or None)
        else:
            with callers.judging(request):
                passed = passes.destination(token)
            said = _within(passed.destination, site, build, passed.only)
            site, build, only = said.site, said.build, said.only
        if bool(site) != bool(build):
            missing = "build" if site else "site"
            raise BadRequest(
                f"Send the header X-bootstrap-{missing} too: which {missing} is this Mac for? Or "
                "leave both out; then it goes where somebody says in Slack."
            )
        bind_contextvars(site=site, build=build)
        return text(served(site, build, only, int(time.time() / 60)))

    @machines.route("/gen_manifest", methods=["GET", "POST"], strict_slashes=False)
    def gen_manifest() -> Response:
        """Write the manifest of the Mac that the fields name, and owe the channel the news."""
        if request.method == "HEAD":
            raise MethodNotAllowed(["GET", "POST"])
        grant = callers.grant(request)
        serial = Serial.parse(_field("serial") or _refuse("serial"))
        bind_contextvars(serial=serial.text)
        callers.confine(request, grant.only, _field("site"))
        firstboot.finish(serial, _said(grant))
        return text("Manifest saved")

    return machines


def _header(name: str) -> str:
    """A header in either of the spellings that published workflows use; empty without it."""
    headers = request.headers
    value = headers.get(f"X-bootstrap-{name}") or headers.get(f"X-enrolment-{name}") or ""
    try:
        return value.encode("latin-1").decode()  # WSGI gives bytes as Latin-1, clients send UTF-8
    except UnicodeError:
        return value


def _field(name: str) -> str:
    return request.form.get(name) or request.args.get(name, "")


def _refuse(field: str) -> str:
    raise Forbidden(f"Send the form field {field}.")


def _said(grant: Grant) -> Said | None:
    """What the script says, which a token, where it came with one, has to allow."""
    site, build, bound = _field("site"), _field("build"), grant.bound
    nothing = Said("", "", grant.only) if grant.only else None
    if bound is None:
        return Said(site, build, grant.only) if site and build else nothing
    if bound == WHERE_REGISTERED:
        if site or build:
            raise Forbidden("This script's token is good only for where a Mac is registered.")
        return nothing
    return _within(bound, site, build, grant.only)


def _within(bound: Destination, site: str, build: str, only: str | None) -> Said:
    """Where a token is bound to, unless it is said that the Mac goes somewhere else."""
    said = Said(site or bound.site, build or bound.build, only)
    if not said.means(bound):
        raise Forbidden(f"This token is for {bound}, not for {said}.")
    return said
