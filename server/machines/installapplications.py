"""Routes for InstallApplications: the JSON of a site and build, and the script in it.

It asks for the JSON every half second, without end, until it is answered: so that costs little.
"""

import time
from datetime import UTC, datetime
from functools import lru_cache

import structlog
from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars

from infrastructure.database.engine import Database
from provisioning.access import exposures
from provisioning.access.credentials import CredentialGrant
from provisioning.clients.installapplications import promises
from provisioning.clients.installapplications.document import InstallApplications, StagesDocument
from provisioning.munki import MunkiRepo
from server.auth.authentication import Callers
from server.errors import text

log = structlog.get_logger()

FRESH = 20  # seconds that a JSON is kept


def door(
    database: Database, repo: MunkiRepo, installations: InstallApplications, callers: Callers
) -> Blueprint:
    """Return the routes that InstallApplications calls."""
    routes = Blueprint("installapplications", __name__)

    @lru_cache(maxsize=256)
    def made(site: str, build: str, fenced: bool, slot: int) -> StagesDocument:
        del slot
        return installations.document(repo.destination(site, build), site_locked=fenced)

    def record(document: StagesDocument, opened: CredentialGrant | None) -> None:
        """Keep what a JSON promises, before a Mac has it; and who showed whom too much."""
        now = datetime.now(UTC)
        exposed = exposures.exposed(opened, document.promise.destination, document.hosts)
        with database.reading() as session:
            is_kept = promises.is_kept(session, document.promise)
            is_noted = exposed is None or exposures.is_noted(session, exposed, now)
        if is_kept and is_noted:
            return
        with database.begin() as session:
            promises.keep(session, document.promise)
            if exposed is not None:
                exposures.note(session, exposed, now)
        if exposed is not None and not is_noted:
            log.warning("credential exposed", reason=exposed.fact, fix=exposed.fix)

    @routes.get("/installapplications/<site>/<build>.json")
    def stages(site: str, build: str) -> Response:
        """The stages for InstallApplications as JSON, Rollcall's script among them.

        With a key for that JSON, a site's key or Basic auth. `HEAD` works.
        """
        opened = callers.admit_to(request, site, build)
        bind_contextvars(site=site, build=build)
        document = made(site, build, _is_fenced(opened), int(time.time() / FRESH))
        record(document, opened)
        return Response(document.content, content_type="application/json")

    @routes.get("/installapplications/<site>/<build>/<digest>.sh")
    def script(site: str, build: str, digest: str) -> Response:
        """The script that such a JSON promised, byte for byte as the JSON has its hash.

        With the same credentials, for as long as the token in the script is good; then `404`.
        """
        opened = callers.admit_to(request, site, build)
        bind_contextvars(site=site, build=build)
        to = repo.destination(site, build)
        with database.reading() as session:
            return text(installations.script(session, to, digest, site_locked=_is_fenced(opened)))

    return routes


def _is_fenced(opened: CredentialGrant | None) -> bool:
    """True where a script for who came with this may send no Mac to another site."""
    return opened is not None and opened.site is not None
