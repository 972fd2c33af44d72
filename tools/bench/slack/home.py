"""App Home: how long it takes to draw where very many Macs wait."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.home import blocks
from bot.slack.home_state import HomeState
from infrastructure.database.engine import Database
from provisioning.monitoring import dashboard
from provisioning.monitoring.dashboard import MacFilter
from provisioning.registrations import register
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tools.bench.contenders.contenders import BY, LONDON, migrated
from tools.bench.harness.effort import Effort
from tools.bench.harness.postgresql import on_postgresql
from tools.bench.harness.rounds import percentile, timed
from tools.bench.harness.serials import registered
from tools.bench.harness.table import Row

LIMIT = 200  # ms
SHARE = 10  # of the registrations in the larger database so many are open: one in ten
OTHER = "U0OTHER"
# Whom it is drawn for, and what they look at; the last page of a filter is the furthest.
LOOKS = {BY: HomeState(), OTHER: HomeState(MacFilter(site=LONDON.site, build=LONDON.build), 10**9)}


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """The Home tab, drawn on SQLite, and on PostgreSQL where there is one."""
    folder.mkdir()
    yield _row("SQLite", f"sqlite:///{folder}/rollcall", effort)
    yield from on_postgresql(lambda url: _row("PostgreSQL", url, effort))


def _row(kind: str, url: str, effort: Effort) -> Row:
    macs = effort.registrations // SHARE
    with _waiting(url, macs) as database:
        drawings = [_drawing(database, user, look) for user, look in LOOKS.items()]
        taken = [timed(draw) * 1000 for _ in range(effort.rounds + 1) for draw in drawings]
    measured = taken[len(drawings) :]  # the first of each warms up
    slowest = max(measured)
    return Row(
        f"App Home drawn, {macs:,} Macs waiting, {kind}",
        f"median {percentile(measured, 50):.0f} ms, at most {slowest:.0f} ms",
        f"< {LIMIT} ms",
        slowest < LIMIT,
    )


@contextmanager
def _waiting(url: str, macs: int) -> Iterator[Database]:
    """A database in which so many Macs wait."""
    with migrated(url) as database:
        with database.begin() as session:
            act = did(session, "registered", by=BY)
            register.register(session, registered(0, macs), LONDON, operation=act, channel=CHANNEL)
        yield database


def _drawing(database: Database, user: str, look: HomeState) -> Callable[[], None]:
    """The work of the door, from the database to the text that Slack gets."""

    def draw() -> None:
        with database.reading() as session:
            content = dashboard.overview(
                session, user, look.mac_filter, page=look.page, size=blocks.SIZE
            )
        json.dumps(blocks.home(blocks.Home(look, content), "/mac").to_dict())

    return draw
