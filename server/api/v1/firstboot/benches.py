"""Benches for programs: each takes the next unknown Macs for a site and a build."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from provisioning.access.programs.models import CHANGE, READ, REGISTER
from provisioning.access.programs.tokens import OutsideToken
from provisioning.firstboot import benches
from provisioning.firstboot.benches import BenchEnded, BenchOccupied
from provisioning.firstboot.models import Bench
from provisioning.maintenance.acts import benching
from provisioning.maintenance.acts.benching import BenchRequest
from provisioning.munki.errors import UnknownDestination
from provisioning.policy import NotAllowed
from provisioning.values.outsiders import shown
from server.api.v1.frame import paging
from server.api.v1.frame.errors import NoSuchThing
from server.api.v1.frame.paging import Page, PageQuery
from server.api.v1.frame.routes import (
    Answer,
    Call,
    KnownPerson,
    Moment,
    RequestModel,
    Resource,
    Route,
    Text,
)

_MINUTE = timedelta(minutes=1)


class NewBench(RequestModel):
    """A bench for the next `wanted` unknown Macs, for some `minutes`.

    `takes_named`: those whose script names a place are taken too, at sites of the same people.
    """

    site: Text = ""
    build: Text = ""
    wanted: Annotated[int, Field(ge=benches.FEWEST, le=benches.MAX_MACS)]
    minutes: Annotated[
        int, Field(ge=benches.SHORTEST // _MINUTE, le=benches.LONGEST // _MINUTE)
    ] = benches.USUAL // _MINUTE
    takes_named: bool = False


class BenchResource(Resource):
    """A bench: `taken` of the `wanted` Macs went to its site. It is open until it is full, over,
    or ended.

    `batch` is the number of the card that shows it and its Macs.
    """

    id: int
    site: str
    build: str
    by: str
    wanted: int
    taken: int
    takes_named: bool
    is_open: bool
    batch: int
    operation: int
    created_at: Moment
    until: Moment
    ended_at: Moment | None
    ended_by: KnownPerson


class Benches(Page[BenchResource]):
    """A page of benches, the newest first; `next` is the cursor of the page behind it."""


def list_benches(call: Call, query: PageQuery) -> Answer[Benches]:
    """Benches at sites that the token reaches, the newest first."""
    last, sites = paging.last_of(query.cursor), call.caller.token.sites
    with call.database.reading() as session:
        found = benches.newest(session, sites, query.limit + 1, last)
    page, following = paging.cut(found, query.limit)
    return Answer(Benches(items=[_of(row, call) for row in page], next=following))


def get_bench(call: Call, number: int) -> Answer[BenchResource]:
    """One bench, with an `ETag` for its end."""
    with call.database.reading() as session:
        row = _find(session, call, number)
        return Answer(_of(row, call), etag=_etag_of(row))


def start_bench(call: Call, body: NewBench) -> Answer[BenchResource]:
    """Open a bench: the next unknown Macs are registered as they boot.

    Its card is in the channel of the site.
    """
    bench, _ = benching.start(
        BenchRequest(
            call.dependencies.repo.now().destination(body.site, body.build),
            body.wanted,
            timedelta(minutes=body.minutes),
            body.takes_named,
        ),
        call.principal,
        channel_of=call.dependencies.channel_of,
    )
    return Answer(
        _of(bench, call),
        HTTPStatus.CREATED,
        etag=_etag_of(bench),
        location=f"/benches/{bench.id}",
    )


def end_bench(call: Call, number: int) -> Answer[BenchResource]:
    """End a bench before it is full; the Macs that it took stay registered."""
    with call.database.begin() as session:  # until the end of the act: it may take a Mac now
        call.check_seen(_etag_of(_find(session, call, number, lock=True)))
    bench = benching.end(number, call.principal)
    return Answer(_of(bench, call), etag=_etag_of(bench))


def _find(session: Session, call: Call, number: int, *, lock: bool = False) -> Bench:
    row = session.get(Bench, number, with_for_update=lock)
    if row is None or not call.caller.token.reaches(row.site):
        raise NoSuchThing
    return row


def _etag_of(row: Bench) -> str:
    return f"{row.id}-{row.taken}-{'open' if row.ended_at is None else 'ended'}"


def _of(row: Bench, call: Call) -> BenchResource:
    return BenchResource(
        id=row.id,
        site=row.site,
        build=row.build,
        by=shown(row.by),
        wanted=row.wanted,
        taken=row.taken,
        takes_named=row.takes_named,
        is_open=row.ended_at is None and call.at < row.until,
        batch=row.card_id,
        operation=row.act_id,
        created_at=row.created_at,
        until=row.until,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


_route, _REFUSED = partial(Route, tag="benches"), (OutsideToken, NotAllowed)
_OF_NEW, _OF_END = (*_REFUSED, UnknownDestination, BenchOccupied), (*_REFUSED, BenchEnded)
_PATH = "/benches/{number}"
ROUTES: Sequence[Route] = [
    _route("GET", "/benches", list_benches, READ),
    _route("GET", _PATH, get_bench, READ),
    _route("POST", "/benches", start_bench, REGISTER, _OF_NEW, HTTPStatus.CREATED),
    _route("POST", f"{_PATH}/end", end_bench, CHANGE, _OF_END, conditional=True),
]
