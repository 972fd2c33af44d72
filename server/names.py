"""What Macs are called, for the script that sets it."""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import Forbidden, MethodNotAllowed

from provisioning import computers
from provisioning.computernames import host_name
from provisioning.database import Database
from provisioning.policy import PolicyFile
from provisioning.serials import Serial
from server.answers import text, wants_json
from server.callers import Callers, Grant


def door(database: Database, policy: PolicyFile, callers: Callers) -> Blueprint:
    """Return the route that says what a Mac is called."""
    names = Blueprint("names", __name__)

    def called(serial: Serial, grant: Grant) -> str | None:
        with database.reading() as session:
            known = computers.registered(session, serial)
        callers.confine(request, grant.only, known.site)
        if not computers.is_to_be_named(policy.policy, known):
            return known.called
        with database.begin() as session:
            mac = computers.registered(session, serial)
            return computers.name_for(session, policy.policy, mac, datetime.now(UTC))

    @names.get("/computer_name")
    def computer_name() -> Response:
        """The name, and on a second line what the network takes of it; 204: it has none.

        A Mac that nobody registered is refused, as by `/gen_manifest`: it may have one later.
        """
        if request.method == "HEAD":
            raise MethodNotAllowed(["GET"])
        grant = callers.grant(request)
        serial = Serial.parse(request.args.get("serial") or _refuse())
        bind_contextvars(serial=serial.text)
        name = called(serial, grant)
        if name is None:
            return Response(status=204)
        if wants_json():
            return jsonify(computer_name=name, host_name=host_name(name))
        return text(f"{name}\n{host_name(name)}\n")

    return names


def _refuse() -> str:
    raise Forbidden("Send the field serial: which Mac is this?")
