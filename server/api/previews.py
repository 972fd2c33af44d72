"""A forecast of what happens to a Mac if it boots now, for admins and their tools."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest

from infrastructure.database.engine import Database
from provisioning.diagnostics.preview import Previewer
from provisioning.firstboot.placement import Requested
from provisioning.policy import PolicyFile
from provisioning.values.serials import Serial
from server.auth.authentication import Callers
from server.errors import text, wants_json


def door(
    database: Database, previewer: Previewer, policy: PolicyFile, callers: Callers
) -> Blueprint:
    """Return the route that looks ahead. It only reads."""
    looking = Blueprint("previews", __name__)

    @looking.get("/preview")
    def preview() -> Response:
        """Forecast of a Mac's next boot: script (without secrets), manifest, name, and why.

        With Basic auth; field `serial`, and `site` and `build` as a workflow would name them.
        Writes nothing.
        """
        only = callers.admit(request)
        fields = [request.args.get(name, "") for name in ("serial", "site", "build")]
        serial, site, build = fields
        if not serial or bool(site) != bool(build):
            raise BadRequest("Send the field serial, and site and build: both or neither.")
        mac, said = Serial.parse(serial), Requested(site, build) if site else None
        bind_contextvars(serial=mac.text)
        with database.reading() as session:
            now = datetime.now(UTC)
            told = previewer.preview(session, policy.policy, mac, requested=said, at=now)
        callers.confine(request, only, told.destination.site if told.destination else None)
        return jsonify(asdict(told)) if wants_json() else text(told.as_text())

    return looking
