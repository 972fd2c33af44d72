"""The views of imports: Macs are handed in, read by a job, and approved or dropped."""

from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from secrets import token_urlsafe
from typing import BinaryIO

from sqlalchemy import ColumnElement

from infrastructure.text import readable
from provisioning.access.programs.models import READ as MAY_READ
from provisioning.access.programs.models import REGISTER
from provisioning.access.programs.tokens import OutsideToken
from provisioning.imports import sources, summary
from provisioning.imports.approval import NothingLeft
from provisioning.imports.edits.changes import NotTheirs
from provisioning.imports.lifecycle import NotOpen, Submission
from provisioning.imports.models import DROPPED, READ, READING, REGISTERED, Import
from provisioning.imports.sources import FilesGone
from provisioning.maintenance.acts import import_rights, intake
from provisioning.maintenance.acts.import_rights import API
from provisioning.maintenance.acts.intake import Intake, NothingHandedIn
from provisioning.munki.errors import UnknownDestination
from provisioning.policy import NotAllowed
from server.api.v1.frame import paging
from server.api.v1.frame.callers import Caller
from server.api.v1.frame.routes import Answer, Call, Route
from server.api.v1.imports.models import (
    Approval,
    Approved,
    Defaults,
    FileQuery,
    ImportQuery,
    ImportResource,
    Imports,
    KeptFile,
    NewImport,
    etag_of,
)
from server.dependencies import ServerDependencies

ONE = "/imports/{number}"
TAG = "imports"
LARGEST_LIST = 8 * 1024 * 1024  # bytes of a body with a list in it, in which characters are escaped
PLACE = (OutsideToken, NotAllowed, UnknownDestination)
_STATES = {"": (READING, READ), "all": (READING, READ, REGISTERED, DROPPED)}


class ImportQueries:
    """The parts of the views of imports, and their common queries."""

    def __init__(self, dependencies: ServerDependencies) -> None:
        self.repo, self._policy = dependencies.repo, dependencies.policy
        self.database, self._channel = dependencies.database, dependencies.channel
        self.intake = Intake(dependencies.repo, dependencies.channel_of)

    def find(self, call: Call, number: int) -> Import:
        """Return an import that a token sees, without its Macs. Raises NoSuchImport."""
        return intake.find(call.database, number, self.visible(call))

    def seen(self, call: Call, number: int) -> Import:
        """Return an import, once it is as the program saw it. Raises NoSuchImport, Changed."""
        found = self.find(call, number)
        call.check_seen(etag_of(found))
        return found

    def visible(self, call: Call) -> ColumnElement[bool]:
        """The condition of the imports that a token sees.

        One of certain sites sees those that it handed in itself: the others may name any site.
        """
        if call.caller.token.sites is not None:
            return Import.once.startswith(_mark(call.caller))
        channels = self._policy.policy.channels | {self._channel}
        return import_rights.visible(call.principal, channels)

    def site(self, call: Call, name: str) -> str | None:
        """Return a site, where the token may register Macs, as the repo spells it; None for "".

        Raises UnknownSite, OutsideToken, NotAllowed.
        """
        if not name:
            return None
        site = self.repo.now().site(name)
        call.caller.permit(site)
        return site

    def check_may_hand_in(self, call: Call) -> None:
        """Check that a token may register Macs at one site. Raises NotAllowed, OutsideToken."""
        sites = [site for site in self.repo.now().sites() if call.caller.token.reaches(site)]
        import_rights.check_may_hand_in(call.caller.permit, sites)


class ImportViews:
    """The views of imports."""

    def __init__(self, desk: ImportQueries) -> None:
        self._desk = desk

    @property
    def routes(self) -> Sequence[Route]:
        """The routes."""
        route, refused = partial(Route, tag=TAG), PLACE[:2]
        act = partial(route, "POST", act=REGISTER)
        add: Callable[..., Route] = partial(act, status=HTTPStatus.CREATED)
        settle: Callable[..., Route] = partial(act, conditional=True)
        of_new = (*PLACE, NothingHandedIn, FilesGone)
        return [
            route("GET", "/imports", self.list_imports, MAY_READ),
            route("GET", ONE, self.get_import, MAY_READ),
            add("/imports/files", self.upload_file, refuses=refused, largest=sources.LARGEST),
            add("/imports", self.start_import, refuses=of_new, largest=LARGEST_LIST),
            settle(f"{ONE}/choose", self.choose_import_place, refuses=(*PLACE, NotTheirs, NotOpen)),
            settle(
                f"{ONE}/register", self.register_import, refuses=(*refused, NotOpen, NothingLeft)
            ),
            settle(f"{ONE}/drop", self.drop_import, refuses=(*refused, NotTheirs, NotOpen)),
        ]

    def list_imports(self, call: Call, query: ImportQuery) -> Answer[Imports]:
        """Imports, the newest first: those that are read or wait, or those in one state.

        A token of certain sites sees those that it handed in itself.
        """
        found = intake.listed(
            call.database,
            self._desk.visible(call),
            _STATES.get(query.state, (query.state,)),
            limit=query.limit + 1,
            before=paging.last_of(query.cursor),
        )
        page, following = paging.cut(found, query.limit)
        return Answer(Imports(items=[ImportResource.of(row) for row in page], next=following))

    def get_import(self, call: Call, number: int) -> Answer[ImportResource]:
        """One import, with an `ETag` for what is done with it."""
        return _shown(self._desk.find(call, number))

    def upload_file(self, call: Call, query: FileQuery, content: BinaryIO) -> Answer[KeptFile]:
        """Send a file of up to 20 MB ahead: CSV, Excel, text, mail, HTML, JSON, or a photo.

        It is read once its number is handed in with an import, and kept for a day until then.
        """
        self._desk.check_may_hand_in(call)
        # In pieces, each with its own transaction: what a lost call leaves is deleted after a day.
        name = readable(query.name.replace("\\", "/").rpartition("/")[2], 200) or "a file"
        number = intake.keep_file(self._desk.database, call.caller.actor.by, name, content, call.at)
        return Answer(KeptFile(id=number, name=name, size=content.tell()), HTTPStatus.CREATED)

    def start_import(self, call: Call, body: NewImport) -> Answer[ImportResource]:
        """Hand Macs in: a job reads them, and then the dry run says what an approval would do.

        It stands on the board too, where people may put it right and approve it.
        """
        self._desk.check_may_hand_in(call)
        site = self._desk.site(call, body.site)
        submission = Submission(
            call.caller.actor.by,
            API,
            call.at,
            site=site,
            build=body.build or None,
            note=body.note,
            once=_mark(call.caller) + token_urlsafe(12),
        )
        number = self._desk.intake.hand_in(call.database, body.text, body.files, submission)
        return _shown(self._desk.find(call, number), HTTPStatus.CREATED)

    def choose_import_place(
        self, call: Call, number: int, body: Defaults
    ) -> Answer[ImportResource]:
        """Say where the Macs go that name no site, or no build."""
        found = self._desk.seen(call, number)
        import_rights.check_may_settle(found, call.principal)
        site, build = self._desk.site(call, body.site), body.build or None
        seen = summary.digest_of(found.shown)
        return _shown(
            self._desk.intake.choose(number, call.principal, site=site, build=build, seen=seen)
        )

    def register_import(self, call: Call, number: int, body: Approval) -> Answer[Approved]:
        """Approve a dry run: its ready Macs are registered, in one operation.

        There is one card for each site and build.
        """
        found = self._desk.seen(call, number)
        imported, registered, operation = self._desk.intake.register(
            number, call.principal, including=body.including, seen=summary.digest_of(found.shown)
        )
        approved = Approved(
            imported=ImportResource.of(imported, number_of_sources=len(imported.sources)),
            new=registered.new,
            moved=registered.moved,
            operation=operation.id,
            meanwhile=[row.entry.serial.text for row in registered.meanwhile],
        )
        return Answer(approved, etag=etag_of(imported))

    def drop_import(self, call: Call, number: int) -> Answer[ImportResource]:
        """Drop an import: nothing is registered."""
        found = self._desk.seen(call, number)
        import_rights.check_may_settle(found, call.principal)
        seen = summary.digest_of(found.shown)
        return _shown(self._desk.intake.drop(number, call.principal, seen=seen))


def _mark(caller: Caller) -> str:
    """The beginning of the unique keys of the imports that a token handed in."""
    return f"{API}:{caller.token.id}:"


def _shown(row: Import, status: int = HTTPStatus.OK) -> Answer[ImportResource]:
    return Answer(
        ImportResource.of(row, number_of_sources=len(row.sources)),
        status,
        etag=etag_of(row),
        location=f"/imports/{row.id}" if status == HTTPStatus.CREATED else None,
    )
