"""POST: the manifest. Ours is durable, recorded and told to Slack; the replaced app's is none."""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from tests.support.inputs.samples import BUILDS
from tools.bench.contenders import bare_boots, contenders
from tools.bench.harness.effort import Effort
from tools.bench.harness.load import CONNECTIONS, Load, compared, offer
from tools.bench.harness.rounds import interleaved, ratio
from tools.bench.harness.table import Row
from tools.bench.machines import agreement

TIMES_REPLACED = 0.5
TIMES_BARE = 0.8
FEWEST_REGISTERED = 60_000
FASTEST = 6_000  # first boots a second: there must be Macs left for the last one

Workload = Callable[[str, Effort], Callable[[int], Load]]


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """Macs that move with every call, Macs that boot first, and Macs that ask again."""
    macs = registered(effort)
    yield from _day("the same 100 Macs, every call another site", moving, effort, folder / "moving")
    yield from _day("first boots", first_boots, effort, folder / "first", macs=macs)
    yield _beside_a_bare_loop(effort, folder / "bare", macs)
    yield from _day("retries, nothing to change", retries, effort, folder / "again", macs=100)


def registered(effort: Effort) -> int:
    """Return how many Macs must be registered for a load of first boots."""
    return max(FEWEST_REGISTERED, FASTEST * effort.seconds * (effort.rounds + 1))


def _day(
    name: str, workload: Workload, effort: Effort, folder: Path, *, macs: int = 0
) -> Iterator[Row]:
    with (
        contenders.rollcall(folder / "rollcall", macs=macs) as ours,
        contenders.replaced(folder / "replaced") as replaced,
    ):
        loads = interleaved(
            effort.rounds, {"ours": workload(ours.url, effort), "them": workload(replaced, effort)}
        )
        subject = f"POST manifest, {name}"
        yield compared(subject, loads["ours"], "replaced app", loads["them"], TIMES_REPLACED)
        ours.stop()
        if workload is moving:
            yield agreement.row(ours)


def _beside_a_bare_loop(effort: Effort, folder: Path, macs: int) -> Row:
    with contenders.rollcall(folder / "rollcall", macs=macs) as ours:
        rollcall = first_boots(ours.url, effort)
        rounds = interleaved(
            effort.rounds,
            {
                "ours": lambda number: rollcall(number).rate,
                "bare": bare_boots.boots(folder / "bare", effort.seconds),
            },
        )
    times = ratio(rounds["ours"], rounds["bare"])
    return Row(
        "POST manifest, first boots, beside a loop of the same syncs, rename and commit",
        f"{median(rounds['ours']):,.0f}/s",
        f"≥ {TIMES_BARE} ×",
        times.middle >= TIMES_BARE,
        beside=f"{median(rounds['bare']):,.0f}/s",
        ratio=str(times),
    )


def moving(url: str, effort: Effort) -> Callable[[int], Load]:
    """A load of 100 Macs, each of whose calls names another site."""

    def load(number: int) -> Load:
        return _post(url, "moving", effort, BUILDS[number % len(BUILDS)], str(number))

    return load


def first_boots(url: str, effort: Effort) -> Callable[[int], Load]:
    """A load of registered Macs, each of which calls for the first time."""
    mac = 0

    def load(_: int) -> Load:
        nonlocal mac
        measured = _post(url, "first_boots", effort, str(mac))
        mac += measured.answers + measured.broken + CONNECTIONS  # that were under way at the end
        return measured

    return load


def retries(url: str, effort: Effort) -> Callable[[int], Load]:
    """A load of 100 Macs that ask again for what they have."""
    return lambda _: _post(url, "retries", effort)


def _post(url: str, script: str, effort: Effort, *arguments: str) -> Load:
    return offer(f"{url}/gen_manifest", script, effort.seconds, *arguments)
