"""Commands: how long each takes where very many Macs are registered."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL
from tools.bench.contenders.contenders import rollcall_in_slack
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import Ratio, interleaved, ratio
from tools.bench.harness.serials import unlike
from tools.bench.harness.table import Row

FEW = 1_000  # registered, and still waiting in the large installation
TIMES_FEW = 2.0
# Every command whose answer is bounded, for the Mac with a number that is in both databases.
COMMANDS: Mapping[str, Callable[[int], str]] = {
    "find, a whole serial": lambda mac: f"find {_serial(mac)}",
    "find, the end of a serial": lambda mac: f"find {_serial(mac)[-6:]}",
    "find, what no Mac has": lambda mac: f"find NOSUCH{mac}",
    "find, a site": lambda _: "find london",
    "list": lambda _: "list",
    "list, a site": lambda _: "list london",
    "show": lambda mac: f"show {_serial(mac)}",
    "show, a mistyped serial": lambda mac: f"show {_serial(mac)[:-1]}X",
    "preview": lambda mac: f"preview {_serial(mac)}",
    "move": lambda mac: f"move {_serial(mac)} paris design",
    "cancel": lambda mac: f"cancel {_serial(mac)}",
    "register": lambda mac: f"register {unlike(mac)} london design",
    "register, a list": lambda mac: f"register {unlike(-mac)}, {_serial(mac)}X to london design",
    "log": lambda _: "log",
    "digest": lambda _: "digest",
}


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """Each command in a small installation and in a large one, on SQLite."""
    with (
        rollcall_in_slack(folder / "few", macs=FEW) as (_, few),
        rollcall_in_slack(folder / "many", macs=effort.registrations, waiting=FEW) as (_, many),
    ):
        for name, text in COMMANDS.items():
            yield _row(name, text, effort, few, many)


def _row(
    name: str, text: Callable[[int], str], effort: Effort, few: Workspace, many: Workspace
) -> Row:
    rounds = interleaved(
        effort.rounds,
        {
            "many": lambda number: _taken(many, text(number)),
            "few": lambda number: _taken(few, text(number)),
        },
    )
    times: Ratio = ratio(rounds["many"], rounds["few"])
    middles = {kind: sorted(taken)[len(taken) // 2] for kind, taken in rounds.items()}
    return Row(
        f"/mac {name}: {effort.registrations:,} registrations",
        f"{middles['many']:.0f} ms",
        f"≤ {TIMES_FEW:.0f} ×",
        times.middle <= TIMES_FEW,
        beside=f"{FEW:,}: {middles['few']:.0f} ms",
        ratio=str(times),
    )


def _taken(slack: Workspace, text: str) -> float:
    """Return the milliseconds from a command to its answer."""
    return slack.person("U0BENCH").slash("/mac", text, channel=CHANNEL).took * 1000


def _serial(mac: int) -> str:
    return f"MAC{mac:07}"
