"""Rollcall's processes, a stand-in Slack and Macs, for a quarter of a day."""

import hashlib
import json
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.fakes.slack import Message, Workspace
from tests.fakes.slack.state.messages import Channel
from tests.journeys.operations.calls import post
from tests.support.inputs.samples import SITES, sample_repo
from tests.support.installation import CHANNEL, Installation

ROLES = ("server", "bot", "relay", "jobs")
CHANNELS = dict(zip(SITES, ("C0LONDON", "C0NEWYORK", "C0PARIS"), strict=True))
REGISTERED = re.compile("egistered (1 Mac )?for ")  # in the answer, also where it was before
AWAY = "away"  # where the repo is while it is not there
STARTED = 180  # seconds, on a machine that does other things too
PATIENCE = 1.0  # seconds between two calls of a Mac that was not served
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


class House:
    """All of it; `served` and `heard` have the moments of each serial, `memory` MiB by role."""

    def __init__(self, rollcall: Installation, slack: Workspace, name: str, number: int) -> None:
        self.rollcall, self.slack = rollcall, slack
        self.serials = [_serial(f"{name} {index}") for index in range(number)]
        self.calls, self.refused = 0, 0
        self.served: dict[str, float] = {}
        self.heard: dict[str, float] = {}
        self.said: Counter[str] = Counter()
        self.memory: defaultdict[str, list[float]] = defaultdict(list)
        self._alice = slack.person("U0ALICE", name="alice")
        self._counting = threading.Lock()
        slack.on_message.append(self._hear)

    def site_of(self, serial: str) -> str:
        """The site of a Mac."""
        return SITES[self.serials.index(serial) % len(SITES)]

    def register(self, serial: str) -> None:
        """Have a technician register a Mac, as often as it takes."""
        site = self.site_of(serial)
        text = f"register {serial} {json.dumps(site)} design"
        while not REGISTERED.search(self._alice.slash("/mac", text, channel=CHANNELS[site]).text):
            time.sleep(PATIENCE)

    def boot(self, serial: str) -> None:
        """Have a Mac ask for its manifest, as often as it takes."""
        while True:
            status = post(self.rollcall.url, serial, self.site_of(serial))
            with self._counting:
                self.calls += 1
                self.refused += status != 200
            if status == 200:
                self.served[serial] = time.monotonic()
                return
            time.sleep(PATIENCE)

    def measure(self) -> None:
        """Note the memory of each process that lives."""
        for role in ROLES:
            try:
                process = psutil.Process(self.rollcall.pid(role))
                family = [process, *process.children(recursive=True)]
                size = sum(each.memory_info().rss for each in family)
            except (KeyError, psutil.Error):
                continue
            self.memory[role].append(size / 1024**2)

    def restart(self, role: str, *, clock: str | None = None) -> None:
        """Stop a process and start it again, which begins a new series of its memory."""
        self.rollcall.stop(role)
        self.start(role, clock=clock)

    def kill(self, role: str) -> None:
        """Have a process die, and start it again."""
        self.rollcall.kill(role)
        self.start(role)

    def start(self, *roles: str, clock: str | None = None) -> None:
        """Start processes."""
        for role in roles:
            self.memory[role].clear()
        self.rollcall.start(*roles, clock=clock)

    def missing(self) -> list[str]:
        """The Macs of which nobody was told."""
        return [serial for serial in self.serials if serial not in self.heard]

    def _hear(self, _: Channel, message: Message, verb: str) -> None:
        if verb == "posted" and "is done" in message.text:
            serial = message.text.split("`")[1]
            self.heard.setdefault(serial, time.monotonic())
            self.said[serial] += 1


def _serial(name: str) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    return "C02" + "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:9])


@contextmanager
def at_work(folder: Path, name: str, number: int) -> Iterator[House]:
    """All processes, on what is in a folder; a new database and repo where there are none."""
    if (folder / AWAY).exists():  # since a quarter that was broken off
        (folder / AWAY).rename(folder / "munki_repo")
    if not (folder / "munki_repo").exists():
        sample_repo(folder / "munki_repo")
    policy = folder / "rollcall.toml"
    policy.write_text(
        "".join(f'[sites."{site}"]\nchannel = "{id_}"\n' for site, id_ in CHANNELS.items())
    )
    with Workspace() as slack:
        slack.add_channel(CHANNEL, name="imaging")
        for site, id_ in CHANNELS.items():
            slack.add_channel(id_, name=site.replace(" ", "-"))
        settings = {
            "SLACK_APP_TOKEN": slack.app.app_token,
            "ROLLCALL_POLICY": str(policy),
            "ROLLCALL_LOG_LEVEL": "WARNING",
        }
        installed = Installation(folder, folder / "munki_repo", slack.api_url, settings=settings)
        with installed as rollcall:
            migrated = rollcall.run("migrate")
            assert migrated.returncode == 0, migrated.stderr
            house = House(rollcall, slack, name, number)
            house.start(*ROLES)
            rollcall.wait_until_ready(STARTED)
            slack.wait_for_sockets(timeout=30)
            yield house
