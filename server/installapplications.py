"""What InstallApplications asks: what to do with a Mac, and the script among it.

It asks for the JSON every half second, without end, until it is answered: so that costs little.
"""

import time
from functools import lru_cache

from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars

from provisioning import promises
from provisioning.database import Database
from provisioning.installapplications import Document, InstallApplications
from provisioning.munki import MunkiRepo
from provisioning.promises import Promise
from server.answers import text
from server.callers import Callers

FRESH = 20  # seconds that a JSON is kept


def door(
    database: Database, repo: MunkiRepo, installations: InstallApplications, callers: Callers
) -> Blueprint:
    """Return the routes that InstallApplications calls."""
    routes = Blueprint("installapplications", __name__)

    @lru_cache(maxsize=256)
    def made(site: str, build: str, fenced: bool, slot: int) -> Document:
        del slot
        return installations.document(repo.destination(site, build), fenced=fenced)

    def keep(promise: Promise) -> None:
        """Store what a JSON promises, before a Mac has it."""
        with database.reading() as session:
            if promises.is_kept(session, promise):
                return
        with database.begin() as session:
            promises.keep(session, promise)

    @routes.get("/installapplications/<site>/<build>.json")
    def stages(site: str, build: str) -> Response:
        """The stages and their items, Rollcall's script among them."""
        only = callers.admit(request, site)
        bind_contextvars(site=site, build=build)
        document = made(site, build, only is not None, int(time.time() / FRESH))
        keep(document.promise)
        return Response(document.content, content_type="application/json")

    @routes.get("/installapplications/<site>/<build>/<digest>.sh")
    def script(site: str, build: str, digest: str) -> Response:
        """The script, byte for byte as the JSON has its hash."""
        only = callers.admit(request, site)
        bind_contextvars(site=site, build=build)
        to = repo.destination(site, build)
        with database.reading() as session:
            return text(installations.script(session, to, digest, fenced=only is not None))

    return routes
