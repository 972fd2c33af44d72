"""The routes of keys for Macs: made, shown once, and revoked; for named admins."""

import structlog
from flask import Response, request
from werkzeug.exceptions import BadRequest, NotFound

from infrastructure.text import Sentence
from provisioning.access import credentials as keys
from provisioning.access.credentials import UnknownCredential
from provisioning.access.models import (
    API,
    INSTALLAPPLICATIONS,
    MANIFESTS,
    METRICS,
    REPORTS,
    SCRIPTS,
)
from provisioning.values.language import _, marked
from server.board.pages import NUMBER, see_other
from server.board.views import BoardPages, get, post

log = structlog.get_logger()

PATH = "/board/credentials"
MANAGING = Sentence("make and revoke keys")
OPENS = {
    SCRIPTS: marked("scripts and manifests of a site's Macs, or of all"),
    REPORTS: marked("the address of Imagr's reports"),
    MANIFESTS: marked("the API that edits manifests, of all sites"),
    INSTALLAPPLICATIONS: marked("one JSON for InstallApplications, of a site and a build"),
    METRICS: marked("the metrics for Prometheus"),
}
EVERYWHERE = (MANIFESTS, METRICS)  # which are of no site in particular


class CredentialPages(BoardPages):
    """The views of keys. Without named admins, when all are admins, they are closed to all."""

    @get("/credentials")
    def credentials(self) -> Response:
        """The keys: what each opens, when it was last used, never its secret; for named admins."""
        self._visitor.permit_named_admin(MANAGING)
        return self._list()

    @post("/credentials")
    def make(self) -> Response:
        """Make a key and show it, this once; it is in no address and no log."""
        visitor = self._visitor
        visitor.permit_named_admin(MANAGING)
        opens = request.form.get("opens", "")
        if opens not in OPENS:
            raise BadRequest(_("This form is incomplete: load its page again."))
        site, build = self._place(opens)
        with self._database.begin() as session:
            key = keys.make(session, site, opens, self._clock(), build=build)
        log.info("key made", by=visitor.session.account_id, opens=opens, site=site, build=build)
        return self._list(key)

    @post(f"/credentials/{NUMBER}/revoke")
    def revoke(self, number: int) -> Response:
        """Revoke a key: every server refuses it within two seconds."""
        visitor = self._visitor
        visitor.permit_named_admin(MANAGING)
        with self._database.begin() as session:
            try:
                keys.revoke(session, number, self._clock())
            except UnknownCredential:
                raise NotFound(_("There is no such key.")) from None
        log.info("key revoked", by=visitor.session.account_id, credential=number)
        return see_other(PATH)

    def _list(self, key: str | None = None) -> Response:
        with self._database.reading() as session:
            listed = keys.listed(session)
        found = [each for each in listed if each.opens != API]  # tokens have a page of their own
        repo = self._repo.now()
        return self._show(
            "oversight/credentials.html",
            key=key,
            credentials=found,
            opens={value: _(text) for value, text in OPENS.items()},
            place=keys.place,
            sites=repo.sites(),
            builds=repo.builds(),
        )

    def _place(self, opens: str) -> tuple[str | None, str | None]:
        """The site and the build of a key that is to be made. Raises BadRequest, UnknownSite …"""
        site, build = (request.form.get(name, "") for name in ("site", "build"))
        repo = self._repo.now()
        if opens == INSTALLAPPLICATIONS:
            destination = repo.destination(site, build)
            return destination.site or None, destination.build or None
        if build or (site and opens in EVERYWHERE):
            raise BadRequest(
                _(
                    "Nothing was made: a key for manifests or metrics is for all sites, and "
                    "only a key for InstallApplications can be for one build."
                )
            )
        return (repo.site(site) if site else None), None
