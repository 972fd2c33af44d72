"""Routes for Imagr before it images: its config, the workflow of a Mac, the picture behind it.

Imagr follows no redirect, takes an empty 200 for a failure, gives up after ten seconds, and
answers a 401 by asking for a user name and a password.
"""

import re

from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest

from provisioning.clients.imagr.assignment import Directions
from provisioning.clients.imagr.background import USUAL, Backgrounds
from provisioning.clients.imagr.config_cache import ConfigCache
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.values.serials import Serial
from server.auth.authentication import Callers, bearer
from server.errors import text

FRESH = 300  # seconds for which a picture may be kept on its way


def door(
    offers: ConfigCache,
    directions: Directions,
    backgrounds: Backgrounds,
    callers: Callers,
    passes: ImagrTokens,
) -> Blueprint:
    """Return the routes that Imagr itself calls, before there is any script."""
    imagr = Blueprint("imagr", __name__)

    @imagr.get("/imagr_config.plist")
    def config() -> Response:
        """Imagr's config: what may be imaged, and a workflow that does what is registered.

        With Basic auth.
        """
        only = callers.admit(request)
        return _kept_by_nobody(
            Response(offers.current(only).content, content_type="application/xml; charset=utf-8")
        )

    @imagr.get("/workflow")
    def workflow() -> Response:
        """The name of the workflow of the Mac in the field `serial`.

        With Basic auth or the token in Imagr's config. `403` until somebody has said in Slack where
        the Mac goes.
        """
        token = bearer(request)
        if token is None:
            callers.admit(request)
        else:
            with callers.judging(request):
                passes.may_ask(token)
        serial = Serial.parse(request.args.get("serial") or _refuse("serial"))
        bind_contextvars(serial=serial.text)
        return _kept_by_nobody(text(f"{directions.workflow_for(serial)}\n"))

    @imagr.get("/background.png")
    @imagr.get("/background/<site>.png")
    def background(site: str = "") -> Response:
        """The picture behind Imagr, in the size of the screen (`w` and `h`), for everybody.

        Imagr sends no credentials for it.
        """
        asked = _asked_of_background()
        size = _pixels(asked.get("w"), USUAL[0]), _pixels(asked.get("h"), USUAL[1])
        answer = Response(
            backgrounds.picture(site or asked.get("site", ""), size), content_type="image/png"
        )
        answer.cache_control.public, answer.cache_control.max_age = True, FRESH
        return answer

    return imagr


def _kept_by_nobody(answer: Response) -> Response:
    """An answer that holds tokens, or that is another one a moment later."""
    answer.cache_control.no_store = True
    return answer


def _asked_of_background() -> dict[str, str]:
    """The fields of a request; Imagr puts a second question mark behind a URL that has one."""
    found = request.args.to_dict()
    site, glued, rest = found.get("site", "").partition("?")
    if glued:
        found["site"] = site
        found.setdefault(*rest.partition("=")[::2])
    return found


def _pixels(given: str | None, usual: int) -> int:
    """An edge as a number, whatever was sent."""
    return int(given) if given and re.fullmatch(r"[0-9]{1,6}", given, re.ASCII) else usual


def _refuse(field: str) -> str:
    raise BadRequest(f"Send the field {field}.")
