"""Routes for Imagr before it images: its config, the workflow of a Mac, the picture behind it.

Imagr follows no redirect, takes an empty 200 for a failure, gives up after ten seconds, and
answers a 401 by asking for a user name and a password.
"""

import re

from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest

from provisioning.clients.imagr.background import USUAL
from provisioning.values.serials import Serial
from server.answers import text
from server.auth.authentication import bearer
from server.dependencies import ServerDependencies

MAX_AGE = 300  # seconds for which a cache may keep a picture


def blueprint(dependencies: ServerDependencies) -> Blueprint:
    """Return the routes that Imagr itself calls, before there is any script."""
    views = _Views(dependencies)
    routes = Blueprint("imagr", __name__)
    routes.add_url_rule("/imagr_config.plist", view_func=views.config)
    routes.add_url_rule("/workflow", view_func=views.workflow)
    routes.add_url_rule("/background/<path:site>.png", view_func=views.background)
    routes.add_url_rule("/background.png", view_func=views.background)
    return routes


class _Views:
    """The views for Imagr: its config, the workflow of a Mac, the background picture."""

    def __init__(self, dependencies: ServerDependencies) -> None:
        self._configs, self._assignments = dependencies.imagr_configs, dependencies.assignments
        self._backgrounds, self._callers = dependencies.backgrounds, dependencies.callers
        self._tokens = dependencies.imagr_tokens

    def config(self) -> Response:
        """Imagr's config: what may be imaged, and a workflow that does what is registered.

        With Basic auth.
        """
        content = self._configs.current(self._callers.admit(request)).content
        return _uncached(Response(content, content_type="application/xml; charset=utf-8"))

    def workflow(self) -> Response:
        """The name of the workflow of the Mac in the field `serial`.

        With Basic auth or the token in Imagr's config. `403` until a technician has said in
        Slack where the Mac goes.
        """
        token = bearer(request)
        if token is None:
            self._callers.admit(request)
        else:
            with self._callers.counting_refusals(request):
                self._tokens.check_asker(token)
        if not (sent := request.args.get("serial")):
            raise BadRequest("Send the field serial.")
        serial = Serial.sent(sent)
        bind_contextvars(serial=serial.text)
        return _uncached(text(f"{self._assignments.workflow_for(serial)}\n"))

    def background(self, site: str = "") -> Response:
        """The picture behind Imagr, in the size of the screen (`w` and `h`), for everybody.

        Imagr sends no credentials for it.
        """
        fields = _background_fields()
        size = _pixels(fields.get("w"), USUAL[0]), _pixels(fields.get("h"), USUAL[1])
        picture = self._backgrounds.picture(site or fields.get("site", ""), size)
        answer = Response(picture, content_type="image/png")
        answer.cache_control.public, answer.cache_control.max_age = True, MAX_AGE
        return answer


def _uncached(answer: Response) -> Response:
    """An answer that no cache may keep: it holds tokens, or changes within a moment."""
    answer.cache_control.no_store = True
    return answer


def _background_fields() -> dict[str, str]:
    """The fields of a request; Imagr puts a second question mark behind a URL that has one."""
    fields = request.args.to_dict()
    site, separator, rest = fields.get("site", "").partition("?")
    if separator:
        fields["site"] = site
        fields.setdefault(*rest.partition("=")[::2])
    return fields


def _pixels(field: str | None, default: int) -> int:
    """An edge of a picture in pixels; `default` for anything that is no number."""
    return int(field) if field and re.fullmatch(r"[0-9]{1,6}", field, re.ASCII) else default
