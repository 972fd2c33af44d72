"""What InstallApplications asks: what to do with a Mac, and the script among it.

It asks for the JSON every half second, without end, until it is answered: so that costs little.
"""

import time
from functools import lru_cache

from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars

from provisioning.installapplications import InstallApplications
from provisioning.munki import MunkiRepo
from server.answers import text
from server.callers import Callers

FRESH = 20  # seconds that a JSON is kept


def door(repo: MunkiRepo, installations: InstallApplications, callers: Callers) -> Blueprint:
    """Return the routes that InstallApplications calls."""
    routes = Blueprint("installapplications", __name__)

    @lru_cache(maxsize=256)
    def served(site: str, build: str, fenced: bool, slot: int) -> bytes:
        del slot
        return installations.document(repo.destination(site, build), fenced=fenced)

    @routes.get("/installapplications/<site>/<build>.json")
    def stages(site: str, build: str) -> Response:
        """The stages and their items, Rollcall's script among them."""
        only = callers.admit(request, site)
        bind_contextvars(site=site, build=build)
        content = served(site, build, only is not None, int(time.time() / FRESH))
        return Response(content, content_type="application/json")

    @routes.get("/installapplications/<site>/<build>/<stamp>.sh")
    def script(site: str, build: str, stamp: str) -> Response:
        """The script, byte for byte as the JSON has its hash."""
        callers.admit(request, site)
        bind_contextvars(site=site, build=build)
        return text(installations.script(repo.destination(site, build), stamp))

    return routes
