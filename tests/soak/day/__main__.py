"""A quarter of the day: `python -m tests.soak.day quiet [SECONDS OF AN HOUR] [MACS]`.

The day has four quarters of six hours, of 75 seconds each; the product's own waits are as they are.
At the end of a quarter each Mac has its manifest and was told of once. In the quiet one the lag
from the call to the message and the memory of each process are flat: the median of the last third
is at most 2 % above that of the first, or 0.5 seconds and 1 MiB, which a machine with other work
explains.
"""

import plistlib
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from sqlalchemy import func, select

import provisioning.maintenance.tables  # noqa: F401 - foreign keys name tables by their names
from infrastructure.database.engine import Database
from provisioning.registrations.models import CONFIRMED, Registration
from tests.soak.day.house import ROLES, House, at_work
from tests.soak.day.troubles import TROUBLES
from tests.soak.day.units import HOUR, MACS, UNITS, Series
from tests.soak.progress import Result, say
from tests.support.installation import ROOT
from tests.support.owed import count_pending

FOLDER = ROOT / ".soak" / "day"
AFTERWARDS = 600.0  # seconds, within which everybody has been told of everything
LOOKED = 2.0  # seconds between two looks


def play(house: House, name: str, hour: float) -> None:
    """Have Macs registered and called through all hours, each with its trouble."""
    hours, left = TROUBLES[name], iter(house.serials)
    pause = hour * len(hours) / len(house.serials)
    with ThreadPoolExecutor(64) as pool:
        calls: list[Future[None]] = []
        for trouble in hours:
            ends = time.monotonic() + hour
            with trouble(house):
                while time.monotonic() < ends:
                    if serial := next(left, None):
                        calls.append(pool.submit(_first_boot, house, serial))
                    house.measure()
                    time.sleep(min(pause, max(0.0, ends - time.monotonic())))
        calls += [pool.submit(_first_boot, house, serial) for serial in left]
        for call in calls:
            call.result(timeout=AFTERWARDS)
    ends = time.monotonic() + AFTERWARDS
    while house.missing() and time.monotonic() < ends:
        time.sleep(LOOKED)


def _first_boot(house: House, serial: str) -> None:
    house.register(serial)
    house.boot(serial)


def judged(house: House, name: str) -> Result:
    """The result of a quarter: its numbers, and what is wrong with them."""
    findings = [f"nobody was told of {serial}" for serial in house.missing()]
    findings += [
        f"{serial} was told {times} times" for serial, times in house.said.items() if times > 1
    ]
    findings += _wrong_manifests(house)
    findings += _wrong_rows(house)
    series = [Series(f"memory of {role}, MiB", "memory", house.memory[role]) for role in ROLES]
    if name == "quiet":  # elsewhere it is the trouble that is measured
        heard = [each for each in house.serials if each in house.heard]
        lags = [house.heard[each] - house.served[each] for each in heard]
        series.append(Series("lag, seconds", "lag", lags))
        findings += [fault for each in series for fault in each.faults()]
    return {
        "macs": len(house.serials),
        "calls": house.calls,
        "refused": house.refused,
        "thirds": {each.title: thirds for each in series if (thirds := each.thirds())},
        "findings": findings,
    }


def _wrong_manifests(house: House) -> Iterator[str]:
    folder = house.rollcall.repo / "manifests"
    for serial in house.serials:
        try:
            included = plistlib.loads((folder / serial).read_bytes())["included_manifests"]
        except (OSError, ValueError, KeyError) as error:
            yield f"the manifest of {serial}: {error!r}"
            continue
        if f"included_manifests/sites/{house.site_of(serial)}" not in included:
            yield f"the manifest of {serial} has {included}"
    yield from (f"{path.name} was left behind" for path in folder.glob(".C02*"))


def _wrong_rows(house: House) -> Iterator[str]:
    ours = Registration.serial.in_(house.serials)
    opened = closing(Database(house.rollcall.environment["ROLLCALL_DATABASE_URL"]))
    with opened as database, database.reading() as session:
        rows = session.scalar(select(func.count()).where(ours)) or 0
        confirmed = ours & (Registration.state == CONFIRMED)
        done = session.scalar(select(func.count()).where(confirmed)) or 0
        owed = count_pending(session)
    if (rows, done) != (len(house.serials),) * 2:
        yield f"{rows} registrations, {done} of them confirmed, of {len(house.serials)} Macs"
    if owed:
        yield f"{owed} messages are still owed"


def main(name: str, hour: float, macs: int, folder: Path) -> None:
    """Play a quarter, and judge it once all is quiet."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # which ends Rollcall's processes, too
    if name == UNITS[0] and folder.exists():  # of a day before
        folder.rename(folder.with_name(f"day-until-{int(time.time())}"))
    folder.mkdir(parents=True, exist_ok=True)
    with at_work(folder, f"{name} {time.time()}", macs) as house:
        play(house, name, hour)
        time.sleep(10)  # the last cards are drawn
        result = judged(house, name)
        codes = house.rollcall.stop()
    if set(codes.values()) != {0}:
        result["findings"].append(f"the processes ended with {codes}")
    say(result)


if __name__ == "__main__":
    given = sys.argv[2:]
    main(
        sys.argv[1],
        float(given[0]) if given else HOUR,
        int(given[1]) if given[1:] else MACS,
        Path(given[2]) if given[2:] else FOLDER,
    )
