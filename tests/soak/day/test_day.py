"""The judgement of a quarter of the day: what went wrong is found."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.soak.day.__main__ import judged
from tests.soak.day.house import House
from tests.soak.day.units import Series
from tests.support.tables import for_each


def house_of(folder: Path, url: str) -> House:
    """A house in which nothing was done yet, of one Mac."""
    rollcall: Any = SimpleNamespace(repo=folder, environment={"ROLLCALL_DATABASE_URL": url})
    slack: Any = SimpleNamespace(person=lambda *_, **__: None, on_message=[])
    return House(rollcall, slack, "a quarter", 1)


def test_a_mac_that_was_not_served_and_told_of_is_found(tmp_path: Path, sqlite_url: str) -> None:
    house = house_of(tmp_path, sqlite_url)
    [serial] = house.serials

    findings = judged(house, "clocks")["findings"]

    assert [finding.split(serial)[0] for finding in findings] == [
        "nobody was told of ",
        "the manifest of ",
        "0 registrations, 0 of them confirmed, of 1 Macs",
    ]


def test_a_mac_that_was_told_of_twice_is_found(tmp_path: Path, sqlite_url: str) -> None:
    house = house_of(tmp_path, sqlite_url)
    [serial] = house.serials
    [hear] = house.slack.on_message
    channel: Any = None
    told: Any = SimpleNamespace(text=f"`{serial}` is done")
    for _ in range(2):
        hear(channel, told, "posted")

    assert f"{serial} was told 2 times" in judged(house, "clocks")["findings"]


@for_each(
    ("values", "faults"),
    [
        ([100.0] * 30, []),
        ([90.0] * 5 + [100.0] * 25, []),  # it warms up in its first hour
        ([100.0] * 15 + [101.9] * 15, []),
        ([100.0] * 15 + [102.1] * 15, ["memory grew from 100.00 to 102.10"]),
        ([10.0] * 15 + [10.9] * 15, []),  # other work explains a MiB
        ([], ["memory: only 0 values"]),
    ],
)
def test_growth_is_found_and_so_is_what_was_not_measured(
    values: list[float], faults: list[str]
) -> None:
    assert [*Series("memory", "memory", values).faults()] == faults
