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

ONE = "/imports/{number}"
TAG = "imports"
LARGEST_LIST = 8 * 1024 * 1024  # bytes of a body with a list in it, in which characters are escaped
PLACE = (OutsideToken, NotAllowed, UnknownDestination)
_STATES = {"": (READING, READ), "all": (READING, READ, REGISTERED, DROPPED)}


def acts(call: Call) -> Intake:
    """Return the acts on imports."""
    return Intake(call.dependencies.repo, call.dependencies.channel_of)


def find(call: Call, number: int) -> Import:
    """Return an import that a token sees, without its Macs. Raises NoSuchImport."""
    return intake.find(call.database, number, _visible(call))


def _seen(call: Call, number: int) -> Import:
    """Return an import, once it is as the program saw it. Raises NoSuchImport, Changed."""
    found = find(call, number)
    call.check_seen(etag_of(found))
    return found


def _visible(call: Call) -> ColumnElement[bool]:
    """The condition of the imports that a token sees.

    One of certain sites sees those that it handed in itself: the others may name any site.
    """
    if call.caller.token.sites is not None:
        return Import.once.startswith(_mark(call.caller))
    channels = call.dependencies.policy.policy.channels | {call.dependencies.channel}
    return import_rights.visible(call.principal, channels)


def _site(call: Call, name: str) -> str | None:
    """Return a site, where the token may register Macs, as the repo spells it; None for "".

    Raises UnknownSite, OutsideToken, NotAllowed.
    """
    if not name:
        return None
    site = call.dependencies.repo.now().site(name)
    call.caller.permit(site)
    return site


def _check_may_hand_in(call: Call) -> None:
    """Check that a token may register Macs at one site. Raises NotAllowed, OutsideToken."""
    names = call.dependencies.repo.now().sites()
    sites = [site for site in names if call.caller.token.reaches(site)]
    import_rights.check_may_hand_in(call.caller.permit, sites)


def list_imports(call: Call, query: ImportQuery) -> Answer[Imports]:
    """Imports, the newest first: those that are read or wait, or those in one state.

    A token of certain sites sees those that it handed in itself.
    """
    found = intake.listed(
        call.database,
        _visible(call),
        _STATES.get(query.state, (query.state,)),
        limit=query.limit + 1,
        before=paging.last_of(query.cursor),
    )
    page, following = paging.cut(found, query.limit)
    return Answer(Imports(items=[ImportResource.of(row) for row in page], next=following))


def get_import(call: Call, number: int) -> Answer[ImportResource]:
    """One import, with an `ETag` for what is done with it."""
    return _shown(find(call, number))


def upload_file(call: Call, query: FileQuery, content: BinaryIO) -> Answer[KeptFile]:
    """Send a file of up to 20 MB ahead: CSV, Excel, text, mail, HTML, JSON, or a photo.

    It is read once its number is handed in with an import, and kept for a day until then.
    """
    _check_may_hand_in(call)
    # In pieces, each with its own transaction: what a lost call leaves is deleted after a day.
    name = readable(query.name.replace("\\", "/").rpartition("/")[2], 200) or "a file"
    number = intake.keep_file(
        call.dependencies.database, call.caller.actor.by, name, content, call.at
    )
    return Answer(KeptFile(id=number, name=name, size=content.tell()), HTTPStatus.CREATED)


def start_import(call: Call, body: NewImport) -> Answer[ImportResource]:
    """Hand Macs in: a job reads them, and then the dry run says what an approval would do.

    It stands on the board too, where people may put it right and approve it.
    """
    _check_may_hand_in(call)
    site = _site(call, body.site)
    submission = Submission(
        call.caller.actor.by,
        API,
        call.at,
        site=site,
        build=body.build or None,
        note=body.note,
        once=_mark(call.caller) + token_urlsafe(12),
    )
    number = acts(call).hand_in(call.database, body.text, body.files, submission)
    return _shown(find(call, number), HTTPStatus.CREATED)


def choose_import_place(call: Call, number: int, body: Defaults) -> Answer[ImportResource]:
    """Say where the Macs go that name no site, or no build."""
    found = _seen(call, number)
    import_rights.check_may_settle(found, call.principal)
    site, build = _site(call, body.site), body.build or None
    seen = summary.digest_of(found.shown)
    return _shown(acts(call).choose(number, call.principal, site=site, build=build, seen=seen))


def register_import(call: Call, number: int, body: Approval) -> Answer[Approved]:
    """Approve a dry run: its ready Macs are registered, in one operation.

    There is one card for each site and build.
    """
    found = _seen(call, number)
    imported, registered, operation = acts(call).register(
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


def drop_import(call: Call, number: int) -> Answer[ImportResource]:
    """Drop an import: nothing is registered."""
    found = _seen(call, number)
    import_rights.check_may_settle(found, call.principal)
    seen = summary.digest_of(found.shown)
    return _shown(acts(call).drop(number, call.principal, seen=seen))


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


_route, _REFUSED = partial(Route, tag=TAG), PLACE[:2]
_act = partial(_route, "POST", act=REGISTER)
_add: Callable[..., Route] = partial(_act, status=HTTPStatus.CREATED)
_settle: Callable[..., Route] = partial(_act, conditional=True)
_OF_NEW = (*PLACE, NothingHandedIn, FilesGone)
ROUTES: Sequence[Route] = [
    _route("GET", "/imports", list_imports, MAY_READ),
    _route("GET", ONE, get_import, MAY_READ),
    _add("/imports/files", upload_file, refuses=_REFUSED, largest=sources.LARGEST),
    _add("/imports", start_import, refuses=_OF_NEW, largest=LARGEST_LIST),
    _settle(f"{ONE}/choose", choose_import_place, refuses=(*PLACE, NotTheirs, NotOpen)),
    _settle(f"{ONE}/register", register_import, refuses=(*_REFUSED, NotOpen, NothingLeft)),
    _settle(f"{ONE}/drop", drop_import, refuses=(*_REFUSED, NotTheirs, NotOpen)),
]
