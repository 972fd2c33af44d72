"""The memory of a server process, once it has done everything that it can do."""

from collections.abc import Iterator
from pathlib import Path

from tools.bench.contenders.contenders import LONDON, database, rollcall_in_slack
from tools.bench.harness.effort import Effort
from tools.bench.harness.load import offer
from tools.bench.harness.serials import unlike
from tools.bench.harness.table import Row
from tools.bench.registrations.programs import Program, token_of
from tools.bench.slack.commands import volley

LIMIT = 110  # MiB
BULKS = 12


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """A worker with Slack in it: after a load of all kinds, and after bulks of a program."""
    yield _after_load(effort, folder / "load")
    yield _after_bulks(effort, folder / "bulks")


def _after_load(effort: Effort, folder: Path) -> Row:
    """A worker with Slack over HTTP in it, after scripts, manifests and slash commands."""
    folder.mkdir(parents=True)
    with rollcall_in_slack(folder, settings=_as_in_the_image(folder)) as (installation, slack):
        offer(f"{installation.url}/", "script", effort.seconds)
        offer(f"{installation.url}/gen_manifest", "moving", effort.seconds, "design", "1")
        for number in range(effort.volleys // 10):
            volley(slack, number)
        workers = workers_of(installation.pid("server"))
        most = max(resident(pid) for pid in workers)
        share = max(_kib(pid, "Pss") for pid in workers) / 1024
    return _row("after load", most, f" ({share:.1f} MiB where shared pages are divided)")


def _after_bulks(effort: Effort, folder: Path) -> Row:
    """A worker with Slack over HTTP in it, after a program has registered very many Macs."""
    folder.mkdir(parents=True)
    settings = _as_in_the_image(folder)
    with (
        rollcall_in_slack(folder, settings=settings) as (installation, _),
        database(installation) as opened,
    ):
        program = Program(f"{installation.url}/api/v1", token_of(opened))
        places = {"site": LONDON.site, "build": LONDON.build}
        for number in range(BULKS):
            numbers = range(number * effort.bulk + 1, (number + 1) * effort.bulk + 1)
            macs = [{"serial": unlike(each), **places} for each in numbers]
            program.post("/registrations/bulk", {"rows": macs}, 200)
        most = max(resident(pid) for pid in workers_of(installation.pid("server")))
    return _row(f"after {BULKS} calls of the API that register {effort.bulk:,} Macs each", most)


def _row(after: str, most: float, more: str = "") -> Row:
    name = f"memory of a server worker with Slack in it, {after}"
    return Row(name, f"{most:.1f} MiB{more}", f"≤ {LIMIT} MiB", most <= LIMIT)


def _as_in_the_image(folder: Path) -> dict[str, str]:
    """Hide `rich`, which structlog loads where it is: a tool of developers brings it along."""
    hidden = folder.with_suffix(".hidden")
    hidden.mkdir()
    (hidden / "rich.py").write_text("raise ImportError\n")
    return {"PYTHONPATH": str(hidden.absolute())}


def workers_of(pid: int) -> list[int]:
    """The processes that a server has started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for children in lists for child in children.read_text().split()]


def resident(pid: int) -> float:
    """The memory of a process in MiB."""
    return _kib(pid, "Rss") / 1024


def _kib(pid: int, name: str) -> int:
    """A size of a process in KiB, as the kernel counts it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
