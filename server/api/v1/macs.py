"""One Mac for programs: its registration, its history, and how its manifest stands."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field
from structlog.contextvars import bind_contextvars

from provisioning.access.programs.models import READ
from provisioning.firstboot.replacements import replacing
from provisioning.maintenance.acts.actors import PROGRAM
from provisioning.munki.models import Revision
from provisioning.munki.revisions import RevisionDifference
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.history import History
from provisioning.registrations.models import Event, Operation
from provisioning.values.serials import InvalidSerial, PlaceholderSerial, Serial
from server.api.v1.frame.routes import (
    Answer,
    Call,
    KnownPerson,
    Moment,
    Name,
    Number,
    RequestModel,
    Resource,
    Route,
)
from server.api.v1.registrations.models import RegistrationResource, etag_of
from server.api.v1.registrations.reach import find


class EventResource(Resource):
    """An event of a Mac, with what was so before and after it.

    `by` is null where the Mac itself did it; `operation` is what can be undone.
    """

    id: int
    what: str
    at: Moment
    by: KnownPerson
    via: str | None
    token: str | None
    operation: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ManifestChange(BaseModel):
    """The last change of a Mac's manifest: its name, who made it, and the keys that it touched."""

    name: str
    at: Moment
    by: KnownPerson
    via: str
    new: list[str]
    changed: list[str]
    gone: list[str]


class MacResource(Resource):
    """A Mac: its newest registration, its events (the newest first), its manifest.

    `older` is the number of events before these: ask for them by `before`. `manifest` is null
    where Rollcall never wrote one.
    """

    registration: RegistrationResource
    events: list[EventResource]
    older: int
    manifest: ManifestChange | None


class HistoryQuery(RequestModel):
    """A question for a part of a Mac's history."""

    before: Annotated[
        Number | None,
        Field(description="The id of an event: the events before it; else the newest ones."),
    ] = None


class MacQuery(HistoryQuery):
    """A question for one Mac."""

    serial: Annotated[Name, Field(description="Its serial, as people type it.")]


def find_mac(call: Call, query: MacQuery) -> Answer[MacResource]:
    """One Mac by its serial; of one that was replaced, the Mac in its place."""
    return _mac(call, Serial.parse(query.serial), query.before)


def get_mac(call: Call, number: int, query: HistoryQuery) -> Answer[MacResource]:
    """One Mac by the number of a registration of it."""
    with call.database.reading() as session:
        serial = Serial(find(session, call.caller, number).name)
    return _mac(call, serial, query.before)


def _mac(call: Call, serial: Serial, before: int | None) -> Answer[MacResource]:
    bind_contextvars(serial=serial.text)
    with call.database.reading() as session:
        found = replacing.history_of(session, serial, before=before)
        if not call.caller.token.reaches(found.mac.site):
            raise NotRegistered(serial.text)
        return Answer(_shown(found), etag=etag_of(found.mac))


def _shown(history: History) -> MacResource:
    return MacResource(
        registration=RegistrationResource.model_validate(history.mac),
        events=[_event(*each) for each in history.events],
        older=history.total - len(history.events),
        manifest=_manifest(history.change),
    )


def _event(row: Event, operation: Operation | None) -> EventResource:
    return EventResource(
        id=row.id,
        what=row.what,
        at=row.at,
        by=row.by,
        via=operation.via if operation else None,
        token=((operation.facts if operation else None) or {}).get(PROGRAM),
        operation=operation.id if operation else None,
        before=row.before,
        after=row.after,
    )


def _manifest(revision: Revision | None) -> ManifestChange | None:
    if revision is None:
        return None
    difference = RevisionDifference.between(revision.before, revision.after)
    return ManifestChange(
        name=revision.name,
        at=revision.at,
        by=revision.by,
        via=revision.via,
        new=list(difference.new),
        changed=list(difference.changed),
        gone=list(difference.gone),
    )


_REFUSED = (InvalidSerial, PlaceholderSerial, NotRegistered)
ROUTES: Sequence[Route] = [
    Route("GET", "/macs", find_mac, READ, _REFUSED, tag="macs"),
    Route("GET", "/macs/{number}", get_mac, READ, _REFUSED, tag="macs"),
]
