"""The rows about the board, of one installation with all its Macs."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import ColumnElement, update

from provisioning.registrations.models import CONFIRMED, FAILED, IMAGING, Registration
from tests.support.databases.postgres import free_port
from tests.support.installation import Installation
from tools.bench.board import news, pages
from tools.bench.board.people import People
from tools.bench.contenders.contenders import database, rollcall
from tools.bench.harness.effort import Effort
from tools.bench.harness.table import Row
from tools.bench.machines.memory import resident, workers_of

LIMIT_OF_WORKER, LIMIT_OF_LIVE = 110, 96  # MiB
PARIS = 10  # one Mac of so many goes there


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """Pages first, then news, then memory once all of that was done; on SQLite."""
    settings = {"ROLLCALL_LIVE_PORT": str(free_port()), "ROLLCALL_URL": pages.ORIGIN}
    with rollcall(folder, "live", macs=effort.board, settings=settings) as installation:
        _spread(installation, effort.board)
        with database(installation) as opened:
            people = People(opened, effort.boards)
            yield from pages.rows(effort, installation, people)
            yield from news.rows(effort, installation, people, opened)
        yield _memory(
            "a server worker, after that", workers_of(installation.pid("server")), LIMIT_OF_WORKER
        )
        yield _memory("`live`, after that", [installation.pid("live")], LIMIT_OF_LIVE)


def _spread(installation: Installation, macs: int) -> None:
    """Have most Macs confirmed, some elsewhere, and a few in each other state, as after years."""
    columns = Registration
    steps: list[tuple[ColumnElement[bool], dict[str, object]]] = [
        (columns.id <= macs * 95 // 100, {"state": CONFIRMED, "confirmed_at": columns.created_at}),
        (columns.id % PARIS == 0, {"site": "paris"}),
        (columns.id % 500 == 1, {"state": IMAGING, "heard_at": columns.created_at}),
        (columns.id % 1000 == 1, {"mentioned_at": columns.created_at}),
        (columns.id % 1000 == 2, {"state": FAILED, "heard_at": columns.created_at}),  # noqa: PLR2004
    ]
    with database(installation) as opened, opened.begin() as session:
        for condition, values in steps:
            session.execute(
                update(Registration).where(condition).values(**values),
                execution_options={"synchronize_session": False},
            )


def _memory(subject: str, pids: list[int], limit: int) -> Row:
    most = max(resident(pid) for pid in pids)
    return Row(f"memory of {subject}", f"{most:.1f} MiB", f"≤ {limit} MiB", most <= limit)
