"""The API of MunkiWebAdmin 2, as far as Munki's own `manifestutil` speaks it.

Its plugin lists names, fetches, puts and deletes manifests, and follows no conventions beyond
that: it sends no ETag, and bodies over 1,024 bytes come without their line feeds.
"""

import plistlib
from collections.abc import Iterable

from flask import Blueprint, Response, g, jsonify, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import BadRequest, NotFound, PreconditionFailed

from provisioning.munki.editing import Author, Condition, ManifestChanged, ManifestEditor, tag
from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.storage import LARGEST, Store, Stored
from server.auth.authentication import Editors

VIA = "MWA2 API"


def door(manifests: ManifestEditor, store: Store, editors: Editors) -> Blueprint:
    """Return the routes that `manifestutil` calls, for those who have a key for manifests."""
    api = Blueprint("mwa2", __name__, url_prefix="/api")

    @api.before_request
    def let_in() -> None:
        g.editor = Author(editors.admit(request), VIA)
        bind_contextvars(by=g.editor.by)

    @api.get("/manifests")
    def manifest_names() -> Response:
        """The names of all manifests, as the MWA2 API has it, which `manifestutil` speaks.

        With a key for manifests, as all of `/api`.
        """
        return _listed(manifests.names())

    @api.get("/catalogs")
    def catalog_names() -> Response:
        """The names of all catalogs."""
        return _listed(store.names("catalogs") if store.has("catalogs") else ())

    @api.get("/catalogs/<path:text>")
    def catalog(text: str) -> Response:
        """One catalog. `makecatalogs` makes them; they cannot be put here."""
        name = ManifestName.parse(text)
        stored = store.read(f"catalogs/{name}")
        if stored is None:
            raise NotFound(f"The Munki repo has no catalog {name}.")
        return _shown(stored)

    @api.get("/manifests/<path:text>")
    def manifest(text: str) -> Response:
        """One manifest, as it is in the repo, with an `ETag`."""
        return _shown(manifests.read(ManifestName.parse(text)))

    @api.put("/manifests/<path:text>")
    def put(text: str) -> Response:
        """Change a manifest, or make one; `If-Match` and `If-None-Match` are obeyed."""
        name = ManifestName.parse(text)
        request.max_content_length = LARGEST
        content = request.get_data(cache=False)
        try:
            _, is_new = manifests.put(name, content, editor=g.editor, unless=_unless(name))
        except ManifestUnreadable as error:
            raise BadRequest(f"What was sent is no manifest: {error}") from error
        answer = _shown(manifests.read(name))
        answer.status_code = 201 if is_new else 200
        return answer

    @api.delete("/manifests/<path:text>")
    def delete(text: str) -> Response:
        """Remove a manifest that no other includes."""
        name = ManifestName.parse(text)
        manifests.remove(name, editor=g.editor, unless=_unless(name))
        return Response(status=204)

    return api


def _unless(name: ManifestName) -> Condition:
    """The condition that a client sends with an ETag; most send none."""

    def look(stored: Stored | None) -> None:
        there = tag(stored) if stored else None
        matching, other = request.if_match, request.if_none_match
        if matching and not (there is not None and matching.contains(there)):
            raise PreconditionFailed(str(ManifestChanged(name.text)))
        if other and there is not None and other.contains(there):
            raise PreconditionFailed(f"There is a manifest {name} already.")

    return look


def _listed(names: Iterable[str]) -> Response:
    items = [{"filename": name} for name in names]
    if request.accept_mimetypes.best == "application/json":
        return jsonify(items)
    return Response(plistlib.dumps(items), content_type="application/xml; charset=utf-8")


def _shown(stored: Stored) -> Response:
    answer = Response(stored.content, content_type="application/xml; charset=utf-8")
    answer.set_etag(tag(stored))
    answer.headers["Cache-Control"] = "no-cache"
    if request.method in ("GET", "HEAD"):
        answer.make_conditional(request)
    return answer
