"""The API for other programs: a list, one registration, and a bulk beside the same call inside."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import requests

from infrastructure.database.engine import Database
from provisioning import munki
from provisioning.access.programs import tokens
from provisioning.access.programs.models import ACTS
from provisioning.access.programs.tokens import TokenRequest
from provisioning.imports.dry_run import DOUBTFUL
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.maintenance.acts import registering
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.maintenance.acts.registering import BulkRequest
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.values.serials import Serial
from tests.support.installation import CHANNEL
from tools.bench.contenders.contenders import BY, LONDON, database, rollcall
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import interleaved, ratio, timed
from tools.bench.harness.serials import registered, unlike
from tools.bench.harness.table import Row

CALLS = 50
MAX_MS = 30.0
MAX_TIMES_INSIDE = 3.0
_KEYS = itertools.count()


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """On SQLite, with as many registrations as the larger database has."""
    with (
        rollcall(folder, macs=effort.registrations) as installation,
        database(installation) as opened,
    ):
        program = Program(f"{installation.url}/api/v1", token_of(opened))
        places = {"site": LONDON.site, "build": LONDON.build}
        one = itertools.count(1)

        def register() -> None:
            serial = unlike(next(one))
            program.post("/registrations", {"serial": serial, **places, "is_sure": True}, 201)

        yield _row("a list of 100", effort, lambda: program.get("/registrations?limit=100"))
        yield _row("one Mac registered", effort, register)
        repo = munki.opened(str(installation.repo))
        yield _bulk(effort, opened, repo, program, places)


def _row(subject: str, effort: Effort, call: Callable[[], None]) -> Row:
    call()
    milliseconds = [timed(call) * 1000 for _ in range(CALLS)]
    middle = median(milliseconds)
    return Row(
        f"API, {subject}, of {effort.registrations:,} registrations",
        f"{middle:.1f} ms",
        f"≤ {MAX_MS:.0f} ms",
        middle <= MAX_MS,
        beside=f"the slowest of {CALLS}: {max(milliseconds):.1f} ms",
    )


def _bulk(
    effort: Effort, opened: Database, repo: MunkiRepo, program: "Program", places: dict[str, str]
) -> Row:
    def serials(number: int) -> list[Serial]:
        begin = effort.registrations + number * effort.bulk
        return registered(begin, begin + effort.bulk)

    def outside(number: int) -> float:
        wanted = [{"serial": serial.text, **places} for serial in serials(2 * number)]
        body = {"rows": wanted, "is_sure": True}
        return timed(lambda: program.post("/registrations/bulk", body, 200))

    def inside(number: int) -> float:
        new = serials(2 * number + 1)
        return timed(lambda: _register(opened, repo, new))

    seconds = interleaved(effort.rounds, {"outside": outside, "inside": inside})
    times = ratio(seconds["outside"], seconds["inside"])
    return Row(
        f"API, {effort.bulk:,} Macs registered in one call",
        f"{median(seconds['outside']) * 1000:,.0f} ms",
        f"≤ {MAX_TIMES_INSIDE} ×",
        times.middle <= MAX_TIMES_INSIDE,
        beside=f"the same function called inside: {median(seconds['inside']) * 1000:,.0f} ms",
        ratio=str(times),
    )


def _register(opened: Database, repo: MunkiRepo, serials: Sequence[Serial]) -> None:
    """Register Macs by the function that a call of the API comes to."""
    entries = tuple(Entry(serial, LONDON.site, LONDON.build) for serial in serials)
    actor, at = Actor(BY, "command"), datetime.now(UTC)
    principal = Principal(actor, at, opened, lambda *_: None, lambda _: None)
    registering.register_many(
        DestinationIndex(repo.now()),
        BulkRequest(ParseResult(entries), [DOUBTFUL]),
        principal,
        channel_of=lambda _: CHANNEL,
    )


class Program:
    """A program that keeps its connection."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._session = url, requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> None:
        """Send a GET request; an error ends the measurement."""
        answer = self._session.get(f"{self._url}{path}", timeout=60)
        answer.raise_for_status()

    def post(self, path: str, body: object, status: int) -> None:
        """Send a POST request; a wrong status ends the measurement."""
        headers = {"Idempotency-Key": f"bench-{next(_KEYS)}"}
        answer = self._session.post(f"{self._url}{path}", json=body, headers=headers, timeout=120)
        if answer.status_code != status:
            raise RuntimeError(answer.text[:500])


def token_of(opened: Database) -> str:
    """Return a new token for all acts at all sites."""
    with opened.begin() as session:
        request = TokenRequest("bench", ACTS, None, timedelta(days=1))
        return tokens.make(session, request, made_by=None, at=datetime.now(UTC))
