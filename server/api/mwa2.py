"""The API of MunkiWebAdmin 2, as far as Munki's own `manifestutil` speaks it.

Its plugin lists names, fetches, puts and deletes manifests, and follows no conventions beyond
that: it sends no ETag, and bodies over 1,024 bytes come without their line feeds.
"""

import plistlib
from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy.orm import Session
from structlog.contextvars import bind_contextvars
from werkzeug.datastructures import ETags
from werkzeug.exceptions import BadRequest, NotFound, PreconditionFailed

from provisioning.munki import revisions
from provisioning.munki.editing import Condition, tag
from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.manifests.writing import Author, ManifestChanged
from provisioning.munki.storage import LARGEST, Stored
from provisioning.registrations import guards
from server.dependencies import ServerDependencies

_PACKED = ("", "-gzip", "-br")  # ends that proxies give to the tags of answers that they compress


def blueprint(dependencies: ServerDependencies) -> Blueprint:
    """Return the routes that `manifestutil` calls, for those who have a key for manifests."""
    views = _Views(dependencies)
    routes = Blueprint("mwa2", __name__, url_prefix="/api")
    routes.before_request(views.admit)
    routes.add_url_rule("/manifests", view_func=views.manifest_names)
    routes.add_url_rule("/catalogs", view_func=views.catalog_names)
    routes.add_url_rule("/catalogs/<path:text>", view_func=views.catalog)
    routes.add_url_rule("/manifests/<path:text>", view_func=views.manifest)
    routes.add_url_rule("/manifests/<path:text>", view_func=views.put, methods=["PUT"])
    routes.add_url_rule("/manifests/<path:text>", view_func=views.delete, methods=["DELETE"])
    return routes


class _Views:
    """The views of the API; `admit` comes before each of them."""

    def __init__(self, dependencies: ServerDependencies) -> None:
        self._manifests, self._editors = dependencies.manifests, dependencies.editors
        self._database, self._repo = dependencies.database, dependencies.repo
        self._channel = dependencies.channel

    def admit(self) -> None:
        """Let an editor in, whose name stands in the history and in the log."""
        g.editor = Author(self._editors.admit(request), revisions.API)
        bind_contextvars(by=g.editor.by)

    def manifest_names(self) -> Response:
        """The names of all manifests, as the MWA2 API has it, which `manifestutil` speaks.

        With a key for manifests, as all of `/api`.
        """
        return _names(self._manifests.names())

    def catalog_names(self) -> Response:
        """The names of all catalogs."""
        return _names(
            self._repo.store.names("catalogs") if self._repo.store.has("catalogs") else ()
        )

    def catalog(self, text: str) -> Response:
        """One catalog. `makecatalogs` makes them; they cannot be put here."""
        name = ManifestName.parse(text)
        stored = self._repo.store.read(f"catalogs/{name}")
        if stored is None:
            raise NotFound(f"The Munki repo has no catalog {name}.")
        return _document(stored)

    def manifest(self, text: str) -> Response:
        """One manifest, as it is in the repo, with an `ETag`."""
        return _document(self._manifests.read(ManifestName.parse(text)))

    def put(self, text: str) -> Response:
        """Change a manifest, or make one; `If-Match` and `If-None-Match` are obeyed.

        Without `If-Match`, a Mac's manifest goes on leading where the Mac is registered.
        """
        name = ManifestName.parse(text)
        request.max_content_length = LARGEST
        content = request.get_data(cache=False)
        name.verify_plist()
        self._manifests.verify_case(name)
        try:
            documents.dumps(name.text, documents.loads(name.text, content))
        except ManifestUnreadable as error:
            raise BadRequest(f"What was sent is no manifest: {error}") from error
        unless = self._keeps_place(name, content)
        _, is_new = self._manifests.put(name, content, editor=g.editor, unless=unless)
        answer = _document(self._manifests.read(name))
        answer.status_code = 201 if is_new else 200
        return answer

    def delete(self, text: str) -> Response:
        """Remove a manifest that no other includes, and that not every Mac's is to include.

        Without `If-Match`, a site or a build stays that Macs wait for.
        """
        name, editor, layout = ManifestName.parse(text), g.editor, self._repo.now().layout
        self._manifests.verify_case(name)
        guards.check_not_included_by_all(layout, name)
        with self._database.reading() as session:
            is_macs = guards.owner(session, layout, name) is not None
            if not request.if_match:
                guards.check_not_waited_for(session, layout, name)

        def tell(session: Session) -> None:
            """Tell the channel where Macs wait for it, in the transaction of its removal."""
            at, channel = datetime.now(UTC), self._channel
            guards.tell_of_removal(session, layout, name, by=editor.by, channel=channel, at=at)

        self._manifests.remove(
            name, editor=editor, unless=_unless(name), may_be_included=not is_macs, news=tell
        )
        return Response(status=204)

    def _keeps_place(self, name: ManifestName, content: bytes) -> Condition:
        """The condition that a client sends, or that its manifest goes on leading where it did."""
        obeyed = _unless(name)

        def check(stored: Stored | None) -> None:
            obeyed(stored)
            if stored is None or request.if_match:
                return
            layout = self._repo.now().layout
            with self._database.reading() as session:
                guards.check_leads_on(session, layout, name, stored.content, content)

        return check


def _unless(name: ManifestName) -> Condition:
    """The condition that a client sends with an ETag; most send none."""

    def check(stored: Stored | None) -> None:
        current = tag(stored) if stored else None
        matching, not_matching = request.if_match, request.if_none_match
        if matching and not (current is not None and _names_version(matching, current)):
            raise PreconditionFailed(str(ManifestChanged(name.text)))
        if not_matching and current is not None and not_matching.contains(current):
            raise PreconditionFailed(f"There is a manifest {name} already.")

    return check


def _names_version(tags: ETags, version: str) -> bool:
    """True where one of a client's entity tags is of this version, as it is or packed on its way.

    A proxy that compresses makes them weak, as nginx does, or puts a word behind them, as Apache.
    """
    sent = tags.as_set(include_weak=True)
    return tags.star_tag or any(tag.removesuffix(end) == version for tag in sent for end in _PACKED)


def _names(names: Iterable[str]) -> Response:
    items = [{"filename": name} for name in names]
    if request.accept_mimetypes.best == "application/json":
        return jsonify(items)
    return Response(plistlib.dumps(items), content_type="application/xml; charset=utf-8")


def _document(stored: Stored) -> Response:
    answer = Response(stored.content, content_type="application/xml; charset=utf-8")
    answer.set_etag(tag(stored))
    answer.headers["Cache-Control"] = "no-cache"
    if request.method in ("GET", "HEAD"):
        answer.make_conditional(request)
    return answer
