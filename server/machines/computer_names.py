"""The route of computer names, for the script that sets them."""

from flask import Blueprint, Response, jsonify, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import Forbidden, MethodNotAllowed

from provisioning.clients.computer_names import ComputerNames
from provisioning.values.computer_names import host_name
from provisioning.values.serials import Serial
from server.answers import text, wants_json
from server.dependencies import ServerDependencies


def blueprint(dependencies: ServerDependencies) -> Blueprint:
    """Return the route that gives a Mac its computer name."""
    callers = dependencies.callers
    names = ComputerNames(dependencies.database, dependencies.repo, dependencies.policy)
    routes = Blueprint("names", __name__)

    @routes.get("/computer_name")
    def computer_name() -> Response:
        """The name of the Mac in the field `serial`; on a second line the network's form of it.

        With Basic auth or the script's token. `204` where it has no name; `403` where it is
        not registered, as `/gen_manifest` answers: it may have a name later; `409` where Munki
        would give it another manifest by that name: then the Mac keeps the name that it has.
        """
        if request.method == "HEAD":
            raise MethodNotAllowed(["GET"])
        grant = callers.grant(request)
        if not (sent := request.args.get("serial")):
            raise Forbidden("Send the field serial: which Mac is this?")
        serial = Serial.sent(sent)
        bind_contextvars(serial=serial.text)
        registration = names.registered(serial)
        callers.confine(request, grant.allowed_site, registration.site)
        if grant.token_grant is not None:
            mac = Serial(registration.serial)
            grant.token_grant.check(mac, registration.id, registration.confirmed_at)
        name = names.of(registration)
        if name is None:
            return Response(status=204)
        if wants_json():
            return jsonify(computer_name=name, host_name=host_name(name))
        return text(f"{name}\n{host_name(name)}\n")

    return routes
