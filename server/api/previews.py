"""The route that previews a Mac's next boot, for admins and their tools."""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest

from provisioning.firstboot.placement import Requested
from provisioning.values.kinds import BOTH
from provisioning.values.serials import Serial
from server.answers import text, wants_json
from server.dependencies import ServerDependencies
from server.named_places import NamedPlaces


def blueprint(dependencies: ServerDependencies, named_places: NamedPlaces) -> Blueprint:
    """Return the route that previews a Mac's next boot. It only reads."""
    callers, previewer = dependencies.callers, dependencies.previewer
    routes = Blueprint("previews", __name__)

    @routes.get("/preview")
    def preview() -> Response:
        """Forecast of a Mac's next boot: script (without secrets), manifest, name, and why.

        With Basic auth; field `serial`, and `site` and `build` as a workflow would name them.
        Writes nothing.
        """
        allowed_site = callers.admit(request)
        fields = [request.args.get(name, "") for name in ("serial", "site", "build")]
        serial, repo = fields[0], previewer.repo.now()
        requested = Requested(*named_places.read(repo, *fields[1:]))
        named = requested.within(repo.layout)
        if not serial or (named is None and not requested.destination.is_nowhere):
            kinds = repo.layout.kinds
            note = ": both or neither" if kinds == BOTH else ", or not"
            raise BadRequest(f"Send the field serial, and {kinds.in_words()}{note}.")
        mac = Serial.parse(serial)
        bind_contextvars(serial=mac.text)
        with dependencies.database.reading() as session:
            now = datetime.now(UTC)
            result = previewer.preview(
                session, dependencies.policy.policy, mac, requested=named, at=now
            )
        callers.confine(
            request, allowed_site, result.destination.site if result.destination else None
        )
        return jsonify(result.as_json()) if wants_json() else text(result.as_text())

    return routes
