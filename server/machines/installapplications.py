"""Routes for InstallApplications: the JSON of a site and build, and the script in it.

It asks for the JSON every half second, without end, until it is answered: so that costs little.
"""

import time
from datetime import UTC, datetime
from functools import lru_cache

import structlog
from flask import Blueprint, Response, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest

from provisioning.access import exposures
from provisioning.access.credentials import CredentialGrant
from provisioning.clients.installapplications import promises
from provisioning.clients.installapplications.document import StagesDocument
from provisioning.munki import Destination, RepoView
from server.answers import text
from server.dependencies import ServerDependencies
from server.named_places import NamedPlaces

log = structlog.get_logger()

MAX_AGE = 20  # seconds that a JSON is kept


def blueprint(dependencies: ServerDependencies, named_places: NamedPlaces) -> Blueprint:
    """Return the routes that InstallApplications calls."""
    views = _Views(dependencies, named_places)
    routes = Blueprint("installapplications", __name__)
    routes.add_url_rule("/installapplications/<site>/<build>.json", view_func=views.stages)
    routes.add_url_rule("/installapplications/<site>/<build>/<digest>.sh", view_func=views.script)
    # Fields can say a name with a `/`, and leave out what the repo does not have.
    routes.add_url_rule("/installapplications.json", view_func=views.stages)
    routes.add_url_rule("/installapplications.sh", view_func=views.script)
    return routes


class _Views:
    """The views for InstallApplications: a document of stages, and the script in it."""

    def __init__(self, dependencies: ServerDependencies, named_places: NamedPlaces) -> None:
        self._database, self._repo = dependencies.database, dependencies.repo
        self._named = named_places
        self._installations, self._callers = dependencies.installations, dependencies.callers
        self._cached_document = lru_cache(maxsize=256)(self._document)

    def stages(self, site: str = "", build: str = "") -> Response:
        """The stages for InstallApplications as JSON, Rollcall's script among them.

        With a key for that JSON, a site's key or Basic auth; for `?site=…&build=…` where they are
        not in the path. `HEAD` works.
        """
        repo, credential, destination = self._admitted(site, build)
        slot = int(time.time() / MAX_AGE)
        document = self._cached_document(
            repo, destination, slot, site_locked=_is_site_locked(credential)
        )
        self._record(document, credential)
        return Response(document.content, content_type="application/json")

    def script(self, site: str = "", build: str = "", digest: str = "") -> Response:
        """The script that a JSON named, byte for byte as the JSON has its hash.

        With the same credentials, for as long as the token in the script is good; then `404`.
        Where they are not in the path, for `?site=…&build=…&digest=…`.
        """
        repo, credential, to = self._admitted(site, build)
        destination = repo.exact_destination(to.site, to.build)
        digest = digest or request.args.get("digest", "")
        site_locked = _is_site_locked(credential)
        with self._database.reading() as session:
            return text(
                self._installations.script(session, destination, digest, site_locked=site_locked)
            )

    def _admitted(
        self, site: str, build: str
    ) -> tuple[RepoView, CredentialGrant | None, Destination]:
        """The repo, the grant of the caller's key, and the site and build of its JSON."""
        repo, args = self._repo.now(), request.args
        destination = Destination(
            *self._named.read(repo, site or args.get("site", ""), build or args.get("build", ""))
        )
        credential = self._callers.admit_to(request, destination.site, destination.build)
        if not repo.layout.is_complete(destination.site, destination.build):
            wanted = " and ".join(repo.layout.usage.lower().split())
            raise BadRequest(f"Send {wanted} as parameters of the address.")
        if credential is not None and credential.site and not destination.site:
            raise self._callers.siteless(request, credential)
        bind_contextvars(site=destination.site, build=destination.build)
        return repo, credential, destination

    def _document(
        self, repo: RepoView, destination: Destination, slot: int, *, site_locked: bool
    ) -> StagesDocument:
        """Return the JSON of a site and build; it is made again for a new `slot` of time."""
        del slot
        destination = repo.exact_destination(destination.site, destination.build)
        return self._installations.document(destination, site_locked=site_locked)

    def _record(self, document: StagesDocument, credential: CredentialGrant | None) -> None:
        """Store the promises of a JSON, before a Mac has it, and a credential that it exposes."""
        now = datetime.now(UTC)
        exposed = exposures.exposure_of(credential, document.promise.destination, document.hosts)
        with self._database.reading() as session:
            is_kept = promises.is_kept(session, document.promise)
            is_noted = exposed is None or exposures.is_noted(session, exposed, now)
        if is_kept and is_noted:
            return
        with self._database.begin() as session:
            promises.keep(session, document.promise)
            if exposed is not None:
                exposures.note(session, exposed, now)
        if exposed is not None and not is_noted:
            log.warning("credential exposed", reason=exposed.fact, fix=exposed.fix)


def _is_site_locked(credential: CredentialGrant | None) -> bool:
    """Return True if a script for this credential may send Macs to its site alone."""
    return credential is not None and credential.site is not None
