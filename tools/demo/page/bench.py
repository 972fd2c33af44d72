"""A bench of simulated Macs: each runs the real first-boot script against the real server."""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.fakes.mac import ImagrStopped, Mac
from tests.fakes.slack import NotThere

PAUSE = 4.0  # seconds between two tries of a refused Mac; a real one waits 20
LETTERS = "0123456789CDFGHJKLMNPQRTVWXY"  # what serials of Macs are made of
LENGTH = 12
LONGEST = 64  # letters of a serial that are taken
LOG = 4000  # characters that are kept

OFF, BOOTING, REFUSED, DONE, STOPPED, UNPLUGGED = (
    "off",
    "booting",
    "refused",
    "done",
    "stopped",
    "unplugged",
)


@dataclass(eq=False)
class BenchMac:
    """A Mac, its box with a label, and what was seen of it."""

    mac: Mac
    site: str | None
    build: str | None
    label: str = ""
    state: str = OFF
    log: str = ""
    version: int = 0
    unplugged: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    @property
    def serial(self) -> str:
        """The serial in the hardware; the label may say something else."""
        return self.mac.serial

    @property
    def is_running(self) -> bool:
        """True while the Mac still asks."""
        return self.thread is not None and self.thread.is_alive()

    def becomes(self, state: str, said: str = "") -> None:
        """Show another state, and what was said with it."""
        if said:
            self.log = f"{self.log}{time.strftime('%H:%M:%S')} {said.strip()}\n"[-LOG:]
        self.state = state
        self.version += 1


class DemoMacs:
    """Macs by their hardware's serial, oldest first. `make` connects one to a server."""

    def __init__(self, make: Callable[[str], Mac], *, pause: float = PAUSE) -> None:
        self.pause = pause
        self._make = make
        self._macs: dict[str, BenchMac] = {}
        self._lock = threading.Lock()

    @property
    def macs(self) -> Sequence[BenchMac]:
        """All Macs on the bench."""
        return tuple(self._macs.values())

    def add(
        self, serial: str = "", *, site: str | None = None, build: str | None = None
    ) -> BenchMac:
        """Put a Mac on the bench: a made-up one without a serial. `site` and `build` are what its
        Imagr workflow asks for; without them it goes where it was registered for.
        """
        serial = serial.strip().upper() or made_up()
        if not (serial.isascii() and serial.isalnum() and len(serial) <= LONGEST):
            raise NotThere(f"{serial[:LONGEST]!r} is no serial: letters and digits only")
        with self._lock:
            if serial in self._macs:
                raise NotThere(f"{serial} stands on the bench already")
            self._macs[serial] = BenchMac(self._make(serial), site, build, label=serial)
        return self._macs[serial]

    def find(self, serial: str) -> BenchMac:
        """The Mac with this serial. Raises NotThere."""
        if serial not in self._macs:
            raise NotThere(f"{serial} does not stand on the bench")
        return self._macs[serial]

    def boot(self, serial: str) -> None:
        """Plug a Mac in: it asks again and again, until it is done or unplugged."""
        mac = self.find(serial)
        with self._lock:
            if mac.is_running:
                raise NotThere(f"{serial} is booting already")
            mac.unplugged.clear()
            asked = f" ({mac.site}, {mac.build})" if mac.site else ""
            mac.becomes(BOOTING, f"asks for its script{asked}")
            mac.thread = threading.Thread(target=self._run, args=(mac,), daemon=True)
            mac.thread.start()

    def unplug(self, serial: str) -> None:
        """Stop a Mac from asking again."""
        mac = self.find(serial)
        mac.unplugged.set()
        if mac.state in (BOOTING, REFUSED):
            mac.becomes(UNPLUGGED, "unplugged")

    def mislabel(self, serial: str) -> None:
        """Change one character of the label on the box of a Mac."""
        mac = self.find(serial)
        place = secrets.randbelow(len(mac.serial))
        other = secrets.choice(LETTERS.replace(mac.serial[place], ""))
        mac.label = mac.serial[:place] + other + mac.serial[place + 1 :]
        mac.becomes(mac.state, f"its box is labelled {mac.label}")

    def clear(self) -> None:
        """Unplug all, and wait until each has noticed."""
        for mac in self.macs:
            self.unplug(mac.serial)
        for mac in self.macs:
            if mac.thread:
                mac.thread.join(10)

    def _run(self, mac: BenchMac) -> None:
        try:
            script = mac.mac.prepare(mac.mac.fetch(mac.site, mac.build))
            while not (self._try(mac, script) or mac.unplugged.wait(self.pause)):
                mac.becomes(BOOTING)
        except (ImagrStopped, OSError) as stopped:
            mac.becomes(STOPPED, f"Imagr stops: {stopped}")

    def _try(self, mac: BenchMac, script: str) -> bool:
        ended = mac.mac.run(script)
        if ended.code == 0:
            mac.becomes(DONE, ended.output)
        elif not mac.unplugged.is_set():
            mac.becomes(REFUSED, ended.output)
        return ended.code == 0


def made_up() -> str:
    """A serial of the form that Macs have."""
    return "C02" + "".join(secrets.choice(LETTERS) for _ in range(LENGTH - 3))
