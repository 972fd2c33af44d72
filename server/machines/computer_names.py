"""The route of computer names, for the script that sets them."""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import Forbidden, MethodNotAllowed

from infrastructure.database.engine import Database
from provisioning.firstboot.replacements import replacing
from provisioning.munki import MunkiRepo
from provisioning.policy import PolicyFile
from provisioning.registrations import queries
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.models import Registration
from provisioning.registrations.names import generated_names, name_clashes
from provisioning.values.computer_names import host_name
from provisioning.values.serials import Serial
from server.answers import text, wants_json
from server.auth.authentication import Callers


def blueprint(names: "ComputerNames", callers: Callers) -> Blueprint:
    """Return the route that gives a Mac its computer name."""
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
        serial = Serial.parse(request.args.get("serial") or _refuse())
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


class ComputerNames:
    """Computer names of registered Macs; a name that a pattern makes is stored."""

    def __init__(self, database: Database, repo: MunkiRepo, policy: PolicyFile) -> None:
        self._database, self._repo, self._policy = database, repo, policy

    def registered(self, serial: Serial) -> Registration:
        """Return the registration of a Mac. Raises NotRegistered."""
        with self._database.reading() as session:
            return _registered(session, serial)

    def of(self, registration: Registration) -> str | None:
        """Return the name of a registered Mac, None without one. Raises ComputerNameClashes."""
        if not generated_names.is_to_be_named(self._policy.policy, registration):
            return self._stored_name(registration)
        namesakes = (
            self._repo.now().namesakes()
        )  # outside of the transaction, which others wait for
        with self._database.begin() as session:
            mac = _registered(session, Serial(registration.serial))
            return generated_names.name_for(
                session, self._policy.policy, mac, namesakes, datetime.now(UTC)
            )

    def _stored_name(self, mac: Registration) -> str | None:
        """The name that a Mac has, unless there is a manifest of that name by now."""
        if mac.called is None:
            return None
        with self._database.reading() as session:
            clash = name_clashes.clash_of(
                session, self._repo.now().namesake, Serial(mac.name), mac.called
            )
        if clash is not None and clash.is_sure:
            raise name_clashes.ComputerNameClashes(mac.name, mac.called, clash.why)
        return mac.called


def _refuse() -> str:
    raise Forbidden("Send the field serial: which Mac is this?")


def _registered(session: Session, serial: Serial) -> Registration:
    """Return the registration of a Mac, also by the former serial of its swapped board.

    Raises NotRegistered. It names no near misses, which are for people and cost a search; a script
    asks at each boot.
    """
    registration = queries.find_open(session, serial)
    if registration is None and (new := replacing.answered_as(session, serial)) is not None:
        registration = queries.find_open(session, new)
    if registration is None:
        raise NotRegistered(serial.text)
    return registration
