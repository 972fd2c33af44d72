"""The route on which a Mac's script has its manifest written.

Scripts run again until they are confirmed, so the call is safe to repeat.
"""

from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import Forbidden, MethodNotAllowed

from provisioning.firstboot.placement import Requested
from provisioning.firstboot.service import ManifestCall
from provisioning.values.serials import Serial
from server.answers import text
from server.auth.authentication import Grant, requested_within
from server.dependencies import ServerDependencies
from server.named_places import NamedPlaces

SAVED = "Manifest saved"  # scripts compare it to the letter
NO_SERIAL = "Send the form field serial. A form is application/x-www-form-urlencoded, in UTF-8."


def blueprint(dependencies: ServerDependencies, named_places: NamedPlaces) -> Blueprint:
    """Return the route that first-boot scripts call."""
    repo, callers = dependencies.repo, dependencies.callers
    routes = Blueprint("machines", __name__)

    @routes.route("/gen_manifest", methods=["GET", "POST"], strict_slashes=False)
    def gen_manifest() -> Response:
        """Write the manifest of a Mac, and have the channel told: `200` and `Manifest saved`.

        With Basic auth, a site's key or the script's token; fields `serial`, `site`, `build`. With
        the field `client_identifier`, the one that Munki has on the Mac or nothing, a second line
        may say which one to set where there is none.
        """
        if request.method == "HEAD":
            raise MethodNotAllowed(["GET", "POST"])
        grant = callers.grant(request)
        if not (sent := _field("serial")):
            raise Forbidden(NO_SERIAL)
        serial = Serial.sent(sent)
        bind_contextvars(serial=serial.text)
        now = repo.now()  # a call uses one layout from start to end
        site, build = named_places.read(now, _field("site"), _field("build"))
        callers.confine(request, grant.allowed_site, site)
        identifier = request.values.get("client_identifier")
        call = ManifestCall(serial, _requested(grant, site, build), grant.token_grant, identifier)
        to_set = dependencies.firstboot.provision(call, now)
        if identifier is None:  # an old script, which reads one line
            return text(SAVED)
        return text(f"{SAVED}\n{to_set}" if to_set else SAVED)

    return routes


def _field(name: str) -> str:
    return request.form.get(name) or request.args.get(name, "")


def _requested(grant: Grant, site: str, build: str) -> Requested:
    """The place that the script names, which must be within its token, if it has one."""
    if grant.token_grant is None:
        return Requested(site, build, grant.allowed_site)
    if grant.token_grant.destination.is_nowhere:
        if site or build:
            raise Forbidden("This script's token is good only for where a Mac is registered.")
        return Requested("", "", grant.allowed_site)
    return requested_within(grant.token_grant, site, build)
