"""Measurements of GET requests for the first-boot script."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from tools.bench.contenders import contenders
from tools.bench.harness.effort import Effort
from tools.bench.harness.load import Load, compared, offer, rates, told
from tools.bench.harness.rounds import interleaved, ratio
from tools.bench.harness.table import Row

FEW = 1_000
TIMES_REPLACED = 2.0
TIMES_EMPTY = 0.7
SPREAD = 0.10  # that a thousand times as many registrations may cost


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """Beside the replaced app and an empty route; then with few and with many registrations."""
    yield from _beside_others(effort, folder)
    yield _with_many(effort, folder)


def _beside_others(effort: Effort, folder: Path) -> Iterator[Row]:
    with ExitStack() as running:
        ours = running.enter_context(contenders.rollcall(folder / "rollcall"))
        replaced = running.enter_context(contenders.replaced(folder / "replaced"))
        empty = running.enter_context(contenders.empty(folder / "empty"))
        urls = {"ours": ours.url, "replaced": replaced, "empty": empty}
        loads = interleaved(effort.rounds, {name: get(urls[name], effort) for name in urls})
    for name, beside, target in (
        ("replaced", "replaced app", TIMES_REPLACED),
        ("empty", "empty Flask route, same server", TIMES_EMPTY),
    ):
        yield compared("GET script", loads["ours"], beside, loads[name], target)


def _with_many(effort: Effort, folder: Path) -> Row:
    many = effort.registrations
    with (
        contenders.rollcall(folder / "few", macs=FEW) as little,
        contenders.rollcall(folder / "many", macs=many) as large,
    ):
        loads = interleaved(
            effort.rounds, {"few": get(little.url, effort), "many": get(large.url, effort)}
        )
    times = ratio(rates(loads["many"]), rates(loads["few"]))
    return Row(
        f"GET script, {many:,} registrations",
        told(loads["many"]),
        f"within {SPREAD:.0%}",
        times.middle >= 1 - SPREAD,
        beside=f"{FEW:,} registrations: {told(loads['few'])}",
        ratio=str(times),
    )


def get(url: str, effort: Effort) -> Callable[[int], Load]:
    """A load of Macs that fetch the script of one site and one build."""
    return lambda _: offer(f"{url}/", "script", effort.seconds)
