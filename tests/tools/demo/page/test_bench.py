"""Macs on the bench: they boot, are refused, ask again, and can be unplugged."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from tests.fakes.mac import ImagrStopped, Mac, Run
from tests.fakes.slack import NotThere
from tests.support.tables import for_each
from tests.support.waiting import eventually
from tools.demo.page.bench import DONE, LETTERS, OFF, REFUSED, STOPPED, UNPLUGGED, DemoMacs

SERIAL = "C02XG0FDJGH5"

Bench = Callable[..., DemoMacs]


class ScriptedMac(Mac):
    """A Mac whose script ends with `codes`, one a run, without a server; or `stops` before it."""

    def __init__(self, serial: str, codes: tuple[int, ...] = (0,), stops: str = "") -> None:
        super().__init__(serial, "http://127.0.0.1:1", username="", password="")
        self.left, self.stops = list(codes), stops

    def fetch(self, site: str | None = None, build: str | None = None) -> str:
        if self.stops:
            raise ImagrStopped(self.stops)
        return f"script for {site}/{build}"

    def run(self, script: str, *, timeout: float = 90) -> Run:
        assert (script, timeout) == ("script for None/None", 90)
        code = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        return Run(code, "refused by the server" if code else "manifest is written")


@pytest.fixture
def bench_of() -> Iterator[Bench]:
    """A maker of benches, whose Macs are scripted alike and ask again after a `pause`."""
    with ExitStack() as stack:

        def make(pause: float = 0.01, **script: object) -> DemoMacs:
            bench = DemoMacs(partial(ScriptedMac, **script), pause=pause)  # type: ignore[arg-type]
            stack.callback(bench.clear)
            return bench

        yield make


@pytest.fixture
def bench(bench_of: Bench) -> DemoMacs:
    """A bench whose Macs boot well."""
    return bench_of()


def test_a_mac_boots_and_says_so(bench: DemoMacs) -> None:
    mac = bench.add(SERIAL.lower())
    assert (mac.serial, mac.state) == (SERIAL, OFF)
    bench.boot(SERIAL)
    eventually(lambda: mac.state == DONE)
    assert "manifest is written" in mac.log


def test_a_refused_mac_asks_again_until_it_is_done(bench_of: Bench) -> None:
    bench = bench_of(codes=(1, 1, 0))
    mac = bench.add(SERIAL)
    bench.boot(SERIAL)
    eventually(lambda: mac.state == DONE)
    assert mac.log.count("refused by the server") == 2


def test_an_unplugged_mac_asks_no_more(bench_of: Bench) -> None:
    bench = bench_of(pause=60, codes=(1,))
    mac = bench.add(SERIAL)
    bench.boot(SERIAL)
    eventually(lambda: mac.state == REFUSED)
    bench.unplug(SERIAL)
    eventually(lambda: not mac.is_running)
    assert mac.state == UNPLUGGED


def test_a_mac_whose_workflow_imagr_stops_says_why(bench_of: Bench) -> None:
    bench = bench_of(stops="Couldn't copy script 0.0 (400)")
    mac = bench.add(SERIAL)
    bench.boot(SERIAL)
    eventually(lambda: mac.state == STOPPED)
    assert "Couldn't copy script" in mac.log


def test_a_mislabelled_box_differs_in_one_character_and_the_mac_keeps_its_serial(
    bench: DemoMacs,
) -> None:
    mac = bench.add(SERIAL)
    bench.mislabel(SERIAL)
    assert mac.serial == SERIAL
    assert sum(a != b for a, b in zip(mac.label, SERIAL, strict=True)) == 1


def test_a_mac_without_a_typed_serial_gets_one(bench: DemoMacs) -> None:
    first, second = bench.add(), bench.add("  ")
    assert first.serial != second.serial
    assert set(first.serial) <= set(LETTERS)
    assert len(first.serial) == len(SERIAL)


@for_each("serial", ["../etc", "A" * 65, "C02 1", "é"])
def test_what_is_no_serial_does_not_get_onto_the_bench(bench: DemoMacs, serial: str) -> None:
    with pytest.raises(NotThere):
        bench.add(serial)
    assert not bench.macs


def test_a_serial_stands_on_the_bench_once(bench: DemoMacs) -> None:
    bench.add(SERIAL)
    with pytest.raises(NotThere):
        bench.add(SERIAL)
