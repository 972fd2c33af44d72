"""The command line: `python -m tools.bench`, or `make bench ARGS=…`."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from tests.support.installing import packages
from tools.bench.board import rows as board
from tools.bench.harness import load, machine
from tools.bench.harness.effort import Effort, quick
from tools.bench.harness.table import Row, table
from tools.bench.machines import attackers, labs, layouts, manifests, memory, scripts
from tools.bench.registrations import (
    adoption,
    drift,
    offers,
    photos,
    programs,
    registering,
    repos,
    retention,
)
from tools.bench.slack import busy, cards, commands, home, messages, sizes, webhooks

FOLDER = Path(".bench")  # of the current directory, because /tmp may be no disk
MEASUREMENTS: dict[str, Callable[[Effort, Path], Iterator[Row]]] = {
    "scripts": scripts.rows,
    "manifests": manifests.rows,
    "layouts": layouts.rows,
    "registering": registering.rows,
    "memory": memory.rows,
    "messages": messages.rows,
    "commands": commands.rows,
    "sizes": sizes.rows,
    "busy": busy.rows,
    "cards": cards.rows,
    "photos": photos.rows,
    "home": home.rows,
    "labs": labs.rows,
    "repos": repos.rows,
    "offers": offers.rows,
    "adoption": adoption.rows,
    "drift": drift.rows,
    "retention": retention.rows,
    "attackers": attackers.rows,
    "board": board.rows,
    "api": programs.rows,
    "webhooks": webhooks.rows,
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", default=9, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=2, show_default=True, type=click.IntRange(1), help="a load")
@click.option("--quick", "is_quick", is_flag=True, help="go through everything once, in a minute")
@click.option(
    "--only", multiple=True, type=click.Choice(list(MEASUREMENTS)), help="may be repeated"
)
def bench(*, rounds: int, seconds: int, is_quick: bool, only: tuple[str, ...]) -> None:
    """Measure Rollcall beside what it replaces and print one table in Markdown."""
    if load.wrk() is None:
        line = packages.command(packages.packages("bench"))
        click.echo(f"wrk is not installed; on Debian: {line}", err=True)
        sys.exit(2)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    effort = quick() if is_quick else Effort(rounds, seconds)
    with _disk() as folder:
        rows = [
            row
            for name in only or MEASUREMENTS
            for row in _announced(MEASUREMENTS[name](effort, folder / name))
        ]
    click.echo(table(rows))
    click.echo(f"\n{_method(effort)}\n{machine.line()}.")


@contextmanager
def _disk() -> Iterator[Path]:
    """A folder on the disk for all that is made, gone at the end."""
    folder = (FOLDER / str(os.getpid())).absolute()
    folder.mkdir(parents=True)
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # another one's are still in it
            FOLDER.rmdir()


def _announced(rows: Iterator[Row]) -> Iterator[Row]:
    """Tell on the side how far it is."""
    for row in rows:
        click.echo(f"… {row.what}: {row.ours}", err=True)
        yield row


def _method(effort: Effort) -> str:
    return (
        f"Medians of {effort.rounds} rounds that take turns, after one that warms up; ratios are "
        f"of the same round (lowest to highest). Load: wrk, {load.CONNECTIONS} connections, "
        f"{effort.seconds} s a round, Basic auth, no relay beside it."
    )


if __name__ == "__main__":
    bench()
